"""The command line: the original's options, which have one dash, and a few of ours."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from satark.sandesh.compiler.generator import GeneratorError, Request, parse_request

EPILOG = """\
examples:
  sandesh --gen py -out messages vns.sandesh            Python in messages/vns
  sandesh --gen py:package=acme --gen html *.sandesh    gen-py/acme/..., gen-html/...
  sandesh vns.sandesh                                   only check

Only files that changed are written. The exit status is 1 if anything was wrong, else 0.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What was asked for. `directory` is -o, `exact` is -out; at most one of them is given."""

    files: tuple[Path, ...]
    requests: tuple[Request, ...]
    directory: Path | None
    exact: Path | None
    include: tuple[Path, ...]
    warnings: bool
    strict: bool
    verbose: bool
    recurse: bool
    allow_neg_keys: bool
    allow_64bit_consts: bool
    list_generators: bool

    def output_of(self, language: str) -> Path:
        """The directory in which a language's files belong."""
        return self.exact if self.exact is not None else (self.directory or Path()) / f"gen-{language}"


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes end with 1, as the compiler's other mistakes do."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.format_usage()}{self.prog}: error: {message}\n")


def parse(argv: Sequence[str]) -> Arguments:
    """Read the command line. Exits with 1 on a mistake, with 0 after `--help` and `-version`."""
    parser = _build()
    given = parser.parse_args(argv)
    try:
        requests = tuple(parse_request(each) for each in given.gen)
    except GeneratorError as error:
        parser.error(str(error))
    if not given.files and not given.list_generators:
        parser.error("no FILE given")
    return Arguments(
        files=tuple(given.files),
        requests=requests,
        directory=given.directory,
        exact=given.exact,
        include=tuple(given.include),
        warnings=not given.nowarn,
        strict=given.strict,
        verbose=given.verbose,
        recurse=given.recurse,
        allow_neg_keys=given.allow_neg_keys,
        allow_64bit_consts=given.allow_64bit_consts,
        list_generators=given.list_generators,
    )


def _build() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sandesh",
        description="Check .sandesh files, and write code and documents from them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    add = parser.add_argument
    add("files", nargs="*", type=Path, metavar="FILE", help="a .sandesh file")
    add(
        "--gen",
        "-gen",
        action="append",
        default=[],
        metavar="LANG[:key=val,...]",
        help="write this language; repeatable",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-o", dest="directory", type=Path, metavar="DIR", help="write to DIR/gen-LANG (default: here)")
    where.add_argument("-out", "--out", dest="exact", type=Path, metavar="DIR", help="write to DIR itself")
    add(
        "-I",
        dest="include",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="look for includes in DIR too; repeatable",
    )
    add("-r", "-recurse", "--recurse", action="store_true", help="write the included files' output too")
    add("-nowarn", "--nowarn", action="store_true", help="do not show warnings")
    add(
        "-strict", "--strict", action="store_true", help="take doubtful things, such as fields without an id, as errors"
    )
    add("-v", "-verbose", "--verbose", "-debug", "--debug", action="store_true", help="say what is read and written")
    add("--allow-neg-keys", "-allow-neg-keys", action="store_true", help="keep field ids below 1")
    add("--allow-64bit-consts", "-allow-64bit-consts", action="store_true", help="do not warn of 64-bit constants")
    add("--list-generators", action="store_true", help="list the languages and their options")
    add("-h", "-help", "--help", action="help", help="show this")
    add("-version", "--version", action="version", version=f"sandesh (Satark) {version('satark-sandesh')}")
    return parser
