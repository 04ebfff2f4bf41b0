"""What is odd about what generators tell: bounded, counted, and explained once. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from satark.uve.attribute import Attribute
from satark.uve.known import aggtype_of
from satark.uve.told import Told, microseconds

MAX_TOLD = 10_000
"""So many are told of apart; of more only the number is known."""

MAX_SKEW_US = 60_000_000

MINUTE_US = 60_000_000
FLOOD = 60_000
"""Messages of one generator about a partition's objects within a minute: a thousand a second, of one daemon of many."""


class Kind(StrEnum):
    """What is odd."""

    IGNORED = "ignored"
    CLOCK_SKEW = "clock_skew"
    FLOOD = "flood"
    TYPES_DIFFER = "types_differ"
    AGGTYPES_DIFFER = "aggtypes_differ"
    TABLES_DIFFER = "tables_differ"
    SHARE_TOO_LARGE = "share_too_large"
    STATE_TOO_LARGE = "state_too_large"


@dataclass(frozen=True, slots=True)
class Oddity:
    """One odd thing: whom or what it is about, and what it is. `again` if it was told before."""

    kind: Kind
    reason: str
    subject: str
    detail: str
    again: bool


class Oddities:
    """Collects them until they are taken."""

    def __init__(self) -> None:
        self._known: set[tuple[Kind, str, str]] = set()
        self._found: list[Oddity] = []
        self._minute = 0
        self._said: dict[str, int] = {}

    def note(self, kind: Kind, subject: str, detail: str, *, reason: str = "") -> None:
        """Note an odd thing about a subject."""
        key = (kind, reason, subject)
        again = key in self._known or len(self._known) >= MAX_TOLD
        if not again:
            self._known.add(key)
        self._found.append(Oddity(kind, reason or kind.value, subject, detail, again))

    def look_at_clock(self, told: Told, seen_us: int) -> None:
        """Note a generator whose clock is far from ours."""
        ahead_us = microseconds(told.time) - seen_us
        if ahead_us > MAX_SKEW_US:
            detail = f"its clock is {ahead_us / 1e6:.0f} s ahead; the times that it tells win over those of others"
            self.note(Kind.CLOCK_SKEW, told.generator, detail)

    def look_at_rate(self, generator: str, seen_us: int) -> None:
        """Note a generator that floods, once in a minute. All that it says is taken in."""
        if seen_us // MINUTE_US != self._minute:
            self._minute = seen_us // MINUTE_US
            self._said.clear()
        said = self._said[generator] = self._said.get(generator, 0) + 1
        if said == FLOOD:
            self.note(Kind.FLOOD, generator, f"it has sent {FLOOD} messages within a minute; all are taken in")

    def look_at_tables(self, told: Told, namesake: str = "") -> None:
        """Note a message whose key fields name several tables, and an object that has a namesake in another table."""
        subject = f"{told.struct} of {told.generator}"
        table, _, name = told.entity.partition(":")
        if told.other_tables:
            detail = f"its key fields name {', '.join((table, *told.other_tables))}; {name} is told under the first"
            self.note(Kind.TABLES_DIFFER, subject, detail, reason="key_fields")
        if namesake:
            detail = f"{name} is told under {namesake} and under {table}; two objects are kept"
            self.note(Kind.TABLES_DIFFER, subject, detail, reason="same_name")

    def look_at_forms(self, struct: str, name: str, attribute: Attribute) -> None:
        """Note an attribute whose generators are at odds about what it is."""
        if len(attribute.forms) < 2:  # noqa: PLR2004 - one opinion is none at odds
            return
        types = sorted({form[0] for form in attribute.forms})
        if len(types) > 1:
            self.note(Kind.TYPES_DIFFER, f"{struct}.{name}", f"it is sent as {', '.join(types)}; each stays as it is")
        asked = sorted({aggtype_of(form) or "none" for form in attribute.forms})
        if len(asked) > 1:
            self.note(Kind.AGGTYPES_DIFFER, f"{struct}.{name}", f"generators ask for {', '.join(asked)}")

    def taken(self) -> Iterator[Oddity]:
        """Yield what was noted since the last time."""
        found, self._found = self._found, []
        yield from found
