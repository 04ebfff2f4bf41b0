"""Coverage-guided fuzzing, by hand: `python -m tests.fuzz.sandesh.fuzz TARGET [CORPUS] [-max_total_time=60 …]`.

Needs `atheris`, which is no dependency of the project: install it into an environment of your own. Without a target,
prints their names. The recorded captures are a good corpus; `--corpus DIR` writes them there.
"""

import importlib
import sys
from pathlib import Path

from tests.fuzz.sandesh.targets import TARGETS
from tests.unit.sandesh.captures import captures
from tests.unit.sandesh.idl.corpus import FORMS


def write_corpus(folder: Path) -> None:
    """Every recorded frame as a file, its header and message as files of their own; every form of the language."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in captures().items():
        if "/c2s/" in name or "/s2c/" in name:
            content = data[29:-10]
            cut = content.find(b"</SandeshHeader>") + len(b"</SandeshHeader>")
            stem = name.replace("/", "_").removesuffix(".bin")
            for suffix, part in (("frame", data), ("header", content[:cut]), ("body", content[cut:])):
                (folder / f"{stem}.{suffix}").write_bytes(part)
    for at, form in enumerate(FORMS):
        (folder / f"{at:03}.sandesh").write_text(form["text"])


def main(arguments: list[str]) -> int:
    """Run one target until it fails or is stopped."""
    if arguments[:1] == ["--corpus"]:
        write_corpus(Path(arguments[1]))
        return 0
    if not arguments or arguments[0] not in TARGETS:
        sys.stderr.write(f"targets: {' '.join(TARGETS)}\n")
        return 2
    atheris = importlib.import_module("atheris")
    target = TARGETS[arguments[0]]
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *arguments[1:]], target)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
