"""`satark notifier preview`: write mails to files, of examples, of a file's events or of incidents in Kafka."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

if TYPE_CHECKING:
    from satark.notifier.events import Event
    from satark.notifier.mail.message import Letterhead
    from satark.notifier.preview.examples import Example
    from satark.notifier.telling import Part

NOT_FOUND = 1
MAX_EVENTS = 200
SENDER, DOMAIN = "Satark <alerts@example.net>", "example.net"
CONSOLE = "https://satark.example.net"
ACTIONS = (
    ("Acknowledge", "ack"),
    ("Silence 1 h", "silence-1h"),
    ("Silence 4 h", "silence-4h"),
    ("Silence until resolved", "silence"),
)
EPILOG = """\
Writes for each mail NAME.eml, NAME.txt, NAME.html (and NAME.dark.html), NAME.png where it has a chart, and index.html
that shows all side by side. Sends nothing. A name of a file with events is read as `satark incidents ID --json` writes
it, or as Kafka has it; any other word is the id of an incident in Kafka.

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

    def run(self, args: argparse.Namespace) -> int:
        """Write the files; return the exit status."""
        from satark.notifier.preview.files import write  # noqa: PLC0415 - see the class

        try:
            examples = _examples(args.which)
            shown = write(examples, _letterhead(), args.to)
        except SettingsError as error:
            for mistake in error.mistakes:
                _say(mistake)
            return EX_CONFIG
        except (_NotFoundError, OSError) as error:
            _say(str(error))
            return NOT_FOUND
        for each in shown:
            print(f"{each.name:<24} {each.subject}")  # noqa: T201 - the answer
        print(f"{len(shown)} mails; open {args.to / 'index.html'}")  # noqa: T201 - as above
        return 0


class _NotFoundError(Exception):
    """What was asked for is not there, or no event. The text names it."""


def _say(mistake: str) -> None:
    print(f"satark notifier preview: {mistake}", file=sys.stderr)  # noqa: T201 - for a person


def _examples(which: Sequence[str]) -> "Sequence[Example]":
    from satark.notifier.preview.examples import examples  # noqa: PLC0415 - see the class

    if not which:
        return examples()
    events = [event for word in which if Path(word).is_file() for event in _read(Path(word))]
    if incidents := {word for word in which if not Path(word).is_file()}:
        events += _asked(incidents)
    return _shown(events)


def _read(file: Path) -> "list[Event]":
    from satark.notifier.preview.reading import UnreadableEventsError, events_of  # noqa: PLC0415 - see the class

    try:
        return events_of(file.read_bytes())
    except UnreadableEventsError as error:
        raise _NotFoundError(f"{file}: {error}") from None


def _asked(incidents: set[str]) -> "list[Event]":
    import asyncio  # noqa: PLC0415 - see the class

    from satark.notifier.preview.history import events_in_kafka  # noqa: PLC0415 - see the class
    from satark.runtime.groups import KafkaSettings  # noqa: PLC0415 - as above
    from satark.runtime.kafka import KafkaError, KafkaUnavailableError  # noqa: PLC0415 - as above

    settings = load("kafka", KafkaSettings, environment())
    try:
        found = asyncio.run(events_in_kafka(settings, incidents))
    except (KafkaUnavailableError, KafkaError) as error:
        raise _NotFoundError(str(error)) from None
    if not found:
        raise _NotFoundError(f"{', '.join(sorted(incidents))}: neither a file nor an incident that Kafka has")
    return found


def _shown(events: "Iterable[Event]") -> "list[Example]":
    from satark.notifier.events import incident_of, state_of  # noqa: PLC0415 - see the class
    from satark.notifier.mail.threads import safe  # noqa: PLC0415 - as above
    from satark.notifier.preview.examples import LAG, Example, one  # noqa: PLC0415 - as above

    return [
        Example(
            f"{number:03}-{state_of(event)}-{safe(incident_of(event))}", one(event), event.time + max(LAG, _age(event))
        )
        for number, event in enumerate(events[:MAX_EVENTS] if isinstance(events, list) else events)
    ]


def _age(event: "Event") -> timedelta:
    return timedelta(seconds=2 * getattr(event, "interval_s", 0))


def _letterhead() -> "Letterhead":
    from satark.notifier.chart import chart  # noqa: PLC0415 - see the class
    from satark.notifier.mail.message import Letterhead  # noqa: PLC0415 - as above

    return Letterhead(SENDER, DOMAIN, console_url=f"{CONSOLE}/incidents/{{incident}}", draw=chart, links=_links)


def _links(part: "Part", _target: object, _now: object) -> tuple[tuple[str, str], ...]:
    """Return links that look like those of a real mail and lead nowhere."""
    return tuple((label, f"{CONSOLE}/act/{verb}/{part.shown.id}") for label, verb in ACTIONS)
