"""What `make faults` breaks, as a page: docs/reference/faults.md from the sentences of the tests. `make docs` writes it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
TESTS = REPOSITORY / "tests" / "faults"
PAGE = REPOSITORY / "docs" / "reference" / "faults.md"

HEAD = """\
<!-- Generated from tests/faults by `make docs`. Do not edit. -->

# What is broken on purpose

`make faults` breaks these things under running services and sees them recover, on real Apache Kafka, with nothing lost and nothing doubled.
It prints how long each recovery took. `make faults-tools` installs what some of them need from Debian's packages, as root:
network namespaces, size-limited disks, a clock that jumps. Without them those are skipped, with the reason.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: a module, what it says of itself, and the sentences of its tests in their order."""

    module: str
    title: str
    sentences: tuple[str, ...]


def faults(folder: Path) -> list[Fault]:
    """Return the faults of a folder of tests, by the name of the module. Raises ValueError where a sentence is missing."""
    return [_fault(path) for path in sorted(folder.glob("test_*.py"))]


def _fault(path: Path) -> Fault:
    tree = ast.parse(path.read_text())
    tests = [each for each in _functions(tree) if each.name.startswith("test_")]
    return Fault(path.name, _sentence(tree, path.name), tuple(_sentence(each, each.name) for each in tests))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (each for each in inside if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def _sentence(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> str:
    if not (text := ast.get_docstring(node)):
        raise ValueError(f"{name} does not say what it shows")
    return " ".join(text.split("\n\n")[0].split())


def page(found: list[Fault]) -> str:
    """Return the page."""
    parts = [HEAD]
    for fault in found:
        rows = "\n".join(f"- {sentence}" for sentence in fault.sentences)
        parts.append(f"## {fault.title}\n\n`tests/faults/{fault.module}`\n\n{rows}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(faults(TESTS)))
