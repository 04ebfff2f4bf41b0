"""Writing what a generator made: only what changed, whole files or none, and never outside the directory."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


class OutputError(Exception):
    """The output cannot be written; the text says why, and nothing was written after it."""


class UnsafePathError(OutputError):
    """A generator named a file outside the output directory."""


class ContradictionError(OutputError):
    """Two inputs make the same file with different texts."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did to the output directory, as relative paths in order."""

    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


def merge(into: dict[str, str], files: Mapping[str, str], *, source: str) -> None:
    """Add the files of one more input.

    Raises ContradictionError when a file is there already and differs.
    """
    for path, text in files.items():
        if into.setdefault(path, text) != text:
            raise ContradictionError(f"{source}: {path} is already made from another input, with another text")


def write_tree(directory: Path, files: Mapping[str, str]) -> Written:
    """Write files below a directory, which is made when missing. A file that says the same already is not touched.

    Raises UnsafePathError before anything is written, OutputError when the file system refuses.
    """
    targets = {path: _inside(directory, path) for path in sorted(files)}
    changed: list[str] = []
    unchanged: list[str] = []
    try:
        for path, target in targets.items():
            content = files[path].encode(errors="replace")  # of the name of a file, perhaps
            if _says(target, content):
                unchanged.append(path)
                continue
            _replace(target, content)
            changed.append(path)
    except OSError as error:
        raise OutputError(f"{error.filename or directory}: {error.strerror or error}") from error
    return Written(tuple(changed), tuple(unchanged))


def _inside(directory: Path, path: str) -> Path:
    pure = PurePosixPath(path)
    if not pure.parts or pure.is_absolute() or "\\" in path or "\0" in path or ".." in pure.parts:
        raise UnsafePathError(f"{path!r} is not a path inside the output directory")
    target = directory.joinpath(*pure.parts)
    if not target.parent.resolve().is_relative_to(directory.resolve()):
        raise UnsafePathError(f"{path!r} leads out of the output directory through a link")
    return target


def _says(target: Path, content: bytes) -> bool:
    return target.is_file() and not target.is_symlink() and target.read_bytes() == content


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
