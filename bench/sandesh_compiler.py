"""How fast definitions are compiled: lines of a file a second, reading and each language by itself. Prints a table.

Run: python bench/sandesh_compiler.py [--modules 40]
The file is the program with everything and the library's own messages, each under new names as often as asked.
Each row but the languages' holds the one above it: tokens, a tree (a third of it is Lark's), a checked program. Times are
the processor's, the best of some; compare within one run.
"""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TypeVar

from satark.sandesh.compiler import languages
from satark.sandesh.idl import load_texts, parse_text
from satark.sandesh.idl.lexer import lex

DATA = Path(__file__).parents[1] / "tests" / "data" / "sandesh"
ROUNDS = 3
Result = TypeVar("Result")
_DEFINED = re.compile(r"^(?:\w+ sandesh|struct|union|enum|senum|typedef .*|const .*?) (\w+)(?= =| \{|$)", re.MULTILINE)


def text(modules: int) -> str:
    """Return one large file: the samples again and again, the definitions of each time under names of their own."""
    samples = [(DATA / name).read_text() for name in ("compiler/everything.sandesh", "idl/library.sandesh")]
    parts: list[str] = []
    for at in range(modules):
        for sample in samples:
            body = re.sub(r"^(include|namespace) .*$", "", sample, flags=re.MULTILINE)
            names = sorted(set(_DEFINED.findall(body)), key=len, reverse=True)
            parts.append(re.sub(rf"(?<!\")\b({'|'.join(names)})\b(?!\")", rf"\1_{at}_{len(parts) % 2}", body))
    return 'include "common.sandesh"\n' + "\n".join(parts)


def timed(work: Callable[[], Result], rounds: int = ROUNDS) -> tuple[float, Result]:
    """Return the seconds that a piece of work takes at best, and its result."""
    seconds = []
    for _ in range(rounds):
        began = process_time()
        result = work()
        seconds.append(process_time() - began)
    return min(seconds), result


def main() -> None:
    """Measure reading, then every language."""
    parser = argparse.ArgumentParser(description="lines of definitions compiled a second")
    parser.add_argument("--modules", type=int, default=40, help="how often the samples are repeated")
    whole = text(parser.parse_args().modules)
    files = {"all.sandesh": whole, "common.sandesh": (DATA / "compiler/common.sandesh").read_text()}
    count = len(whole.splitlines())
    lexing, _ = timed(lambda: sum(1 for _ in lex(whole)))
    parsing, _ = timed(lambda: parse_text(whole))
    reading, bundle = timed(lambda: load_texts(files, "all.sandesh"))
    print(f"{count} lines, {len(bundle.main.messages)} messages, {len(bundle.main.structs)} structs\n")
    print(f"{'':<12} {'lines/s':>10} {'seconds':>9} {'of reading':>11} {'written MB':>11}")
    for name, seconds in {"tokens": lexing, "tree": parsing, "checked": reading}.items():
        print(f"{name:<12} {count / seconds:>10.0f} {seconds:>9.2f} {seconds / reading:>10.2f}x")
    for name in sorted(languages.BUILT_IN):
        generate = languages.find(name).generate
        seconds, written = timed(lambda generate=generate: generate(bundle, {}), rounds=1)  # type: ignore[misc]
        size = sum(len(each) for each in written.values()) / 1e6
        print(f"{name:<12} {count / seconds:>10.0f} {seconds:>9.2f} {seconds / reading:>10.2f}x {size:>11.2f}")


if __name__ == "__main__":
    main()
