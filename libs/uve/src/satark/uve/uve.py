"""One object: the shares of all generators in all structs, and what a further event changes."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from satark.uve.counters import Place
from satark.uve.limits import LIMITS, Limits
from satark.uve.part import Part, Share
from satark.uve.told import Told

TIME = "__T"
"""The name under which a struct's times go; as a change it means that a struct has come or gone."""

Ignored = Literal[
    "",
    "old_session",
    "withdrawn_session",
    "too_many_attributes",
    "too_many_shares",
    "too_many_objects",
    "too_many_objects_of_one",
]
ShareKey = tuple[str, str]
"""Struct and generator."""


class Step(NamedTuple):
    """What an event did to an object.

    `changed` names the attributes, by struct, that may now look different, `shares` those whose state is another (to
    be stored). With a reason in `ignored` nothing happened.
    """

    changed: Mapping[str, frozenset[str]] = MappingProxyType({})
    shares: tuple[ShareKey, ...] = ()
    ignored: Ignored = ""

    def and_then(self, other: "Step") -> "Step":
        """Return both as one."""
        changed = {
            struct: self.changed.get(struct, frozenset()) | other.changed.get(struct, frozenset())
            for struct in (*self.changed, *other.changed)
        }
        return Step(changed, tuple(dict.fromkeys((*self.shares, *other.shares))), self.ignored or other.ignored)


NOTHING = Step()


class Uve:
    """All that is said of one object. With `counting`, attributes marked `counter` keep their totals over restarts."""

    __slots__ = ("_counting", "_limits", "parts")

    def __init__(self, *, counting: bool = False, limits: Limits = LIMITS) -> None:
        self.parts: dict[str, Part] = {}
        self._counting = counting
        self._limits = limits

    @property
    def exists(self) -> bool:
        """Somebody says something of the object."""
        return any(part.shares for part in self.parts.values())

    @property
    def gone(self) -> bool:
        """Nobody says anything, and nothing is remembered."""
        return not self.parts

    def shares(self) -> Iterator[tuple[ShareKey, Share]]:
        """Every share with its struct and generator."""
        for struct, part in self.parts.items():
            for source, share in part.shares.items():
                yield (struct, source), share

    def apply(self, told: Told, *, seen_us: int, offset: int | None = None) -> Step:
        """Take in a share that was heard at `seen_us` and read at `offset`, for counters to know what they have heard.

        Raises `BadValueError`, and nothing has changed then.
        """
        place = None if offset is None else Place(offset, seen_us)
        part = self.parts.get(told.struct)
        share = part.shares.get(told.generator) if part else None
        if share is not None and told.session < share.session:
            return Step(ignored="old_session")
        if told.deleted:
            return self._delete(told, place)
        if over := self._over(told, part, share):
            return Step(ignored=over)
        part = part or self.part(told.struct)
        values = part.values(told)
        self.parts[told.struct] = part
        changed = part.take(told, values, seen_us=seen_us, place=place)
        if share is None and len(part.shares) == 1:
            changed.add(TIME)
        return Step({told.struct: frozenset(changed)} if changed else {}, ((told.struct, told.generator),))

    def withdraw(self, source: str, through: int) -> Step:
        """Take back all that a generator said in sessions up to this one."""
        found = [
            (struct, part)
            for struct, part in self.parts.items()
            if (share := part.shares.get(source)) is not None and share.session <= through
        ]
        changed = {struct: self._closed(struct, part, part.remove(source)) for struct, part in found}
        return Step(
            {struct: frozenset(names) for struct, names in changed.items() if names},
            tuple((struct, source) for struct, _ in found),
        )

    def stale(self, before_us: int) -> list[ShareKey]:
        """Return the shares that were last heard before this time, by struct and generator."""
        return sorted(key for key, share in self.shares() if share.seen_us < before_us)

    def part(self, struct: str) -> Part:
        """Return the struct of this name, a new one if there is none."""
        return self.parts.get(struct) or Part(counting=self._counting)

    def _delete(self, told: Told, place: Place | None) -> Step:
        part = self.parts.get(told.struct)
        if part is None or told.generator not in part.shares:
            return NOTHING
        changed = self._closed(told.struct, part, part.delete(told))
        self._uncount(told, part, place)
        return Step({told.struct: frozenset(changed)} if changed else {}, ((told.struct, told.generator),))

    def _uncount(self, told: Told, part: Part, place: Place | None) -> None:
        """Let counters begin anew if the object is gone for good: nobody is left of those who could speak of it."""
        if any(counter.has_heard(place) for each in self.parts.values() for counter in each.counters()):
            return
        order = {"session": told.session, "sequence": told.sequence_number}
        news = [counter.deleted(told.generator, **order) for counter in part.counters()]
        if all(news) and not self.exists:
            for each in self.parts.values():
                for counter in each.counters():
                    counter.begin_anew(place)

    def _closed(self, struct: str, part: Part, changed: set[str]) -> set[str]:
        if part.gone:
            del self.parts[struct]
        return changed if part.shares else changed | {TIME}

    def _over(self, told: Told, part: Part | None, share: Share | None) -> Ignored:
        said = share.attributes.keys() if share is not None and share.session == told.session else set()
        most = self._limits.attributes_per_share
        if len(told.attributes) + len(said) > most and len(told.attributes.keys() | said) > most:
            return "too_many_attributes"
        if share is not None:
            return ""
        if part is None and len(self.parts) >= self._limits.structs_per_object:
            return "too_many_shares"
        if sum(len(each.shares) for each in self.parts.values()) >= self._limits.shares_per_object:
            return "too_many_shares"
        return ""
