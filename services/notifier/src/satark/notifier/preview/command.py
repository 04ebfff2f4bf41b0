"""`satark notifier preview`: write mails to files, of examples, of a file's events or of incidents in Kafka."""

import argparse
import sys
from pathlib import Path

from satark.runtime.settings import EX_CONFIG, SettingsError

NOT_FOUND = 1
EPILOG = """\
Writes for each mail NAME.eml, NAME.txt, NAME.html (and NAME.dark.html), NAME.png where it has a chart, and index.html
that shows all side by side. Sends nothing. A name of a file with events is read as `satark incidents ID --json` writes
it, or as Kafka has it; any other word is the id of an incident in Kafka (SATARK_KAFKA_*).

examples:
  satark notifier preview --to mails
  satark incidents 5b1c9e... --json > story.json && satark notifier preview story.json --to mails

Exit status: 0 written, 1 nothing found or not readable, 78 wrong settings."""


class PreviewCommand:
    """`satark notifier preview`. Its libraries are imported when it runs, so that `satark --help` stays quick."""

    help = "write mails to files: examples of all kinds, or of the incidents that are named"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("which", nargs="*", metavar="EVENTS.json|INCIDENT", help="a file, or an incident's id")
        parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the files go")
        parser.add_argument(
            "--templates", type=Path, metavar="FOLDER", help="templates to use in place of built-in ones"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Write the files; return the exit status."""
        from satark.notifier.preview.previewing import NothingToShowError, preview  # noqa: PLC0415 - see the class

        try:
            shown = preview(args.which, args.to, args.templates, _say)
        except SettingsError as error:
            for mistake in error.mistakes:
                _say(mistake)
            return EX_CONFIG
        except (NothingToShowError, OSError) as error:
            _say(str(error))
            return NOT_FOUND
        for each in shown:
            print(f"{each.name:<24} {each.subject}")  # noqa: T201 - the answer
        print(f"{len(shown)} mails; open {args.to / 'index.html'}")  # noqa: T201 - as above
        return 0


def _say(text: str) -> None:
    print(f"satark notifier preview: {text}", file=sys.stderr)  # noqa: T201 - for a person
