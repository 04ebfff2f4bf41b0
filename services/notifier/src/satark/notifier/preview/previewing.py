"""What a preview is of, and how its mails look: examples, or the events of files and of incidents in Kafka."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

from satark.notifier.chart import chart
from satark.notifier.events import Event, is_group
from satark.notifier.mail.message import Letterhead
from satark.notifier.mail.packs import Folder
from satark.notifier.preview.examples import examples, of_events
from satark.notifier.preview.files import write
from satark.notifier.preview.history import events_in_kafka
from satark.notifier.preview.page import Shown
from satark.notifier.preview.reading import UnreadableEventsError, events_of
from satark.notifier.routing.model import Target
from satark.notifier.telling import Part
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaError, KafkaUnavailableError
from satark.runtime.settings import environment, load

MAX_EVENTS = 200
"""Nobody looks at more."""

SENDER, DOMAIN, CONSOLE = "Satark <alerts@example.net>", "example.net", "https://satark.example.net"
ACTIONS = (
    ("Acknowledge", "ack"),
    ("Silence 1 h", "silence-1h"),
    ("Silence 4 h", "silence-4h"),
    ("Silence until resolved", "silence"),
)

Say = Callable[[str], None]


class NothingToShowError(Exception):
    """What was asked for is not there, or holds no event. The text names it."""


def preview(which: Sequence[str], folder: Path, templates: Path | None, say: Say) -> list[Shown]:
    """Write the mails of files and incidents, or the examples; `say` takes what else a person should know.

    Raises NothingToShowError, OSError for a folder that cannot be written, SettingsError for Kafka's settings.
    """
    chosen = of_events(_limited(_asked(which), say)) if which else examples()
    return write(chosen, letterhead(templates, say), folder)


def letterhead(templates: Path | None, say: Say) -> Letterhead:
    """Return how the mails of previews look: like real ones, but their links lead nowhere."""
    pack = None
    if templates is not None:
        pack = Folder(templates, lambda broken, is_news: say(str(broken)) if is_news else None)
    console = f"{CONSOLE}/incidents/{{incident}}"
    return Letterhead(SENDER, DOMAIN, console_url=console, draw=chart, links=_links, templates=pack)


def _links(part: Part, _target: Target, _now: datetime) -> tuple[tuple[str, str], ...]:
    if is_group(part.shown):
        return ()
    return tuple((label, f"{CONSOLE}/act/{verb}/{part.shown.id}") for label, verb in ACTIONS)


def _limited(events: Sequence[Event], say: Say) -> Sequence[Event]:
    if len(events) > MAX_EVENTS:
        say(f"the first {MAX_EVENTS} of {len(events)} events are shown")
    return events[:MAX_EVENTS]


def _asked(which: Sequence[str]) -> list[Event]:
    files = [Path(word) for word in which if Path(word).is_file()]
    incidents = {word for word in which if not Path(word).is_file()}
    return [event for file in files for event in _read(file)] + (_in_kafka(incidents) if incidents else [])


def _read(file: Path) -> list[Event]:
    try:
        return events_of(file.read_bytes())
    except UnreadableEventsError as error:
        raise NothingToShowError(f"{file}: {error}") from None


def _in_kafka(incidents: Collection[str]) -> list[Event]:
    settings = load("kafka", KafkaSettings, environment())
    try:
        found = asyncio.run(events_in_kafka(settings, incidents))
    except (KafkaUnavailableError, KafkaError) as error:
        raise NothingToShowError(str(error)) from None
    if not found:
        raise NothingToShowError(f"{', '.join(sorted(incidents))}: neither a file nor an incident that Kafka has")
    return found
