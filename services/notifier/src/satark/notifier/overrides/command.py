"""`satark notifier templates`: files to start from, and a check of what became of them."""

import argparse
import sys
from pathlib import Path

from satark.runtime.settings import EX_CONFIG

BUILTIN_FOLDER = "builtin"
EPILOG = """\
--to writes, for each built-in template, a file that changes nothing yet, and into its folder builtin/ what it changes,
to be read. A file that is there already is kept. --check writes every example of a mail with the templates of a folder,
and prints FILE:LINE of what is wrong. Then let SATARK_NOTIFIER_TEMPLATES name the folder.

Exit status: 0 fine, 1 not writable, 78 something is wrong with the templates."""


class TemplatesCommand:
    """`satark notifier templates`. Its libraries are imported when it runs, so that `satark --help` stays quick."""

    help = "change the mails: write out templates to start from, or check a folder of them"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--to", type=Path, metavar="FOLDER", help="write templates to start from")
        which.add_argument("--check", type=Path, metavar="FOLDER", dest="folder", help="check a folder of templates")

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit status."""
        return _write(args.to) if args.to is not None else _check(args.folder)


def _write(folder: Path) -> int:
    from satark.notifier.mail.packs import builtin_texts  # noqa: PLC0415 - see the class
    from satark.notifier.overrides.starting import starters  # noqa: PLC0415 - as above

    texts = builtin_texts()
    written = kept = 0
    try:
        (folder / BUILTIN_FOLDER).mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / BUILTIN_FOLDER / name).write_text(text, encoding="utf-8")
        for name, text in starters(texts):
            if (folder / name).exists():
                kept += 1
                continue
            (folder / name).write_text(text, encoding="utf-8")
            written += 1
    except OSError as error:
        _complain(f"{error.filename}: {error.strerror}")
        return 1
    _say(f"{written} templates written to {folder}" + (f", {kept} were there and are as they were" if kept else ""))
    return 0


def _check(folder: Path) -> int:
    from satark.notifier.overrides.checking import check  # noqa: PLC0415 - see the class

    found = check(folder)
    for mistake in found.mistakes:
        _complain(mistake)
    if found.mistakes:
        return EX_CONFIG
    _say(f"{len(found.used)} templates in {folder}, {found.mails} mails written with them: all is well")
    return 0


def _say(text: str) -> None:
    print(text)  # noqa: T201 - the answer


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - for a person
