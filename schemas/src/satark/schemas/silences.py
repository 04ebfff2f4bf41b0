"""Silences: what nobody wants to be told of for a while, as Alertmanager has them.

A silence holds for a subject when every one of its matchers does. The subject of an incident are its labels and its
`entity`, `kind`, `severity` and `incident`; a label of one of these names gives way.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from satark.schemas.identifiers import identifier, instant
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import LabelName, Time

ANY = "*"

Pattern = Annotated[str, Meta(max_length=1024)]


class Matcher(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One condition on a subject. A name that a subject does not have counts as the empty text."""

    name: Annotated[LabelName, Meta(description="A label, or entity, kind, severity, incident.", min_length=1)]
    pattern: Annotated[Pattern, Meta(description="The value; * stands for any text, and nothing else is special.")]
    negated: Annotated[bool, Meta(description="It holds for all but those that match.")] = False

    def holds(self, subject: Mapping[str, str]) -> bool:
        """Return whether the subject meets the condition."""
        return matches(self.pattern, subject.get(self.name, "")) is not self.negated


class Silence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From `starts` to `ends` nobody is told of what it matches. The latest by silence counts; ending it is a new `ends`."""

    id: Annotated[str, Meta(description="The same silence, time and end always give the same id.")]
    silence: Annotated[str, Meta(description="Id of the silence, the same in all its events; also the Kafka key.")]
    matchers: Annotated[tuple[Matcher, ...], Meta(description="All of them must hold.", min_length=1, max_length=32)]
    starts: Annotated[Time, Meta(description="From when, UTC.")]
    ends: Annotated[Time, Meta(description="Until when, UTC; not after starts: it never holds.")]
    time: Annotated[Time, Meta(description="When this was said, UTC.")]
    by: Annotated[str, Meta(description="Who made it.", max_length=256)] = ""
    comment: Annotated[str, Meta(description="Why, in their words.", max_length=2048)] = ""
    ended_by: Annotated[str, Meta(description="Who ended it before its time.", max_length=256)] = ""

    @classmethod
    def of(
        cls,
        *,
        matchers: Iterable[Matcher],
        starts: datetime,
        ends: datetime,
        time: datetime,
        by: str,
        comment: str = "",
        origin: str = "",
    ) -> "Silence":
        """Return a new silence with its ids. Raises ValueError for a naive time.

        What has one `origin`, for example a link that is used twice, is one silence, whenever it is said.
        """
        said = tuple(matchers)
        words = [word for one in said for word in (one.name, one.pattern, str(one.negated))]
        whole = (by, instant(time), instant(starts), instant(ends), *words)
        silence = identifier("silence", "origin", origin) if origin else identifier("silence", *whole)
        return cls(
            id=_event_id(silence, time, ends),
            silence=silence,
            matchers=said,
            starts=starts,
            ends=ends,
            time=time,
            by=by,
            comment=comment,
        )

    def ended(self, *, time: datetime, by: str) -> "Silence":
        """Return the silence as it is when somebody ends it at a time. Raises ValueError for a naive time."""
        return replace(self, id=_event_id(self.silence, time, time), ends=time, time=time, ended_by=by)

    def covers(self, subject: Mapping[str, str], at: datetime) -> bool:
        """Return whether a subject is to be kept quiet about at a time."""
        return self.starts <= at < self.ends and all(matcher.holds(subject) for matcher in self.matchers)


def subject_of(event: IncidentEvent) -> dict[str, str]:
    """Return what silences are held against when an incident is to be told."""
    own = {"entity": event.entity, "kind": event.kind, "severity": event.severity.value, "incident": event.incident}
    return {**event.labels, **own}


def matches(pattern: str, text: str) -> bool:
    """Return whether a text is as a pattern has it; `*` stands for any text. Takes time linear in pieces times text."""
    first, *others = pattern.split(ANY)
    if not others:
        return text == first
    *middle, last = others
    if len(first) + len(last) > len(text) or not (text.startswith(first) and text.endswith(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def _event_id(silence: str, time: datetime, ends: datetime) -> str:
    return identifier("silence-event", silence, instant(time), instant(ends))
