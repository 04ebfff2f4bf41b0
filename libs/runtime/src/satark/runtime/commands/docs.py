"""`satark docs`: writes references, schemas and `.env.example` from the code, or tells which of them differ."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from satark.runtime.docsgen.catalogue import catalogue
from satark.runtime.docsgen.tree import FOLDERS, files

EX_USAGE = 64
EX_UNAVAILABLE = 69
MARK = "schemas/pyproject.toml"
"""The file by which the repository is known."""


class DocsCommand:
    """Write every generated file; with --check write nothing, name what differs and exit 1."""

    help = "generate the reference, JSON Schemas, AsyncAPI and .env.example from the code"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add --root and --check."""
        parser.add_argument(
            "--root", metavar="DIR", type=Path, help="the repository; found from here upwards if not given"
        )
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that differ")

    def run(self, args: argparse.Namespace) -> int:
        """Generate; 64 when there is no repository, 69 when a command or PyYAML cannot be imported."""
        root = args.root or repository(Path.cwd())
        if root is None or not (root / MARK).is_file():
            return _fail(EX_USAGE, f"{args.root or 'this folder'} is not in the repository of Satark")
        try:
            wanted = files(catalogue())
        except ImportError as error:
            return _fail(EX_UNAVAILABLE, str(error))
        stale = sorted(_stale(root, wanted))
        differing = sorted(_differing(root, wanted))
        for path in stale:
            _tell(f"{path} is not generated any more: remove it")
        if args.check:
            for path in differing:
                _tell(f"{path} differs: run `satark docs`")
            return 1 if differing or stale else 0
        for path in differing:
            write(root / path, wanted[path])
            print(f"wrote {path}")  # noqa: T201 - a command's answer
        return 0


def repository(folder: Path) -> Path | None:
    """Return the repository that a folder is in, or None."""
    return next((one for one in (folder, *folder.parents) if (one / MARK).is_file()), None)


def write(path: Path, text: str) -> None:
    """Write a file with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _differing(root: Path, wanted: Mapping[str, str]) -> Iterator[str]:
    for path, text in wanted.items():
        file = root / path
        if not file.is_file() or file.read_bytes() != text.encode():
            yield path


def _stale(root: Path, wanted: Mapping[str, str]) -> Iterator[str]:
    for folder, names in FOLDERS.items():
        for file in (root / folder).glob(names):
            path = f"{folder}/{file.name}"
            if path not in wanted:
                yield path


def _fail(status: int, text: str) -> int:
    _tell(text)
    return status


def _tell(text: str) -> None:
    print(f"satark docs: {text}", file=sys.stderr)  # noqa: T201 - a command's answer


command = DocsCommand()
