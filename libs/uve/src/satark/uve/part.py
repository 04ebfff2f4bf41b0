"""One struct of one object over all sources: what each said, when, and the attributes put together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from satark.uve.attribute import Attribute
from satark.uve.counters import Counter, Place
from satark.uve.known import Known, aggtype_of, known
from satark.uve.sequence import is_older
from satark.uve.told import Told, microseconds


@dataclass(slots=True)
class Share:
    """What one generator says in one struct: each attribute's value, with the number of the message that said so.

    `time_us` is when it last said something, by its own clock; `seen_us` when that was heard, by ours. `size` is the
    number of bytes of all values.
    """

    session: int
    message: str
    alarm: bool
    sequence: int
    time_us: int
    seen_us: int
    attributes: dict[str, tuple[int, Known]] = field(default_factory=dict)
    size: int = 0

    def keep(self, name: str, number: int, value: Known) -> None:
        """Note a value and the number of the message that said so."""
        before = self.attributes.get(name)
        self.attributes[name] = (number, value)
        self.size += len(value.raw) - (0 if before is None else len(before[1].raw))

    def drop(self, name: str) -> None:
        """Forget a value, if there is one."""
        if (before := self.attributes.pop(name, None)) is not None:
            self.size -= len(before[1].raw)


class Part:
    """The shares of one struct by generator, and its attributes. With `counting`, counters survive restarts."""

    __slots__ = ("_counting", "_newest_us", "attributes", "shares")

    def __init__(self, *, counting: bool) -> None:
        self.shares: dict[str, Share] = {}
        self.attributes: dict[str, Attribute] = {}
        self._counting = counting
        self._newest_us: int | None = None

    @property
    def gone(self) -> bool:
        """Nobody says anything, and nothing is remembered."""
        return not self.shares and not self.attributes

    @property
    def newest_us(self) -> int:
        """When any source last said something, microseconds since 1970."""
        if self._newest_us is None:
            self._newest_us = max((share.time_us for share in self.shares.values()), default=0)
        return self._newest_us

    def values(self, told: Told) -> dict[str, Known]:
        """Return the values of a share, by name. Raises `BadValueError`, before anything has changed."""
        return {name: self.value(name, bytes(raw), told.generator) for name, raw in told.attributes.items()}

    def value(self, name: str, raw: bytes, source: str) -> Known:
        """Return the value of these bytes, the one that is there if there is one. Raises `BadValueError`."""
        attribute = self.attributes.get(name)
        return known(raw) if attribute is None else attribute.known(raw, source)

    def take(self, told: Told, values: Mapping[str, Known], *, seen_us: int, place: Place | None = None) -> set[str]:
        """Let a generator say these values; return the attributes that changed.

        A share of a later session replaces all that was said in earlier ones. A value that a later message of the
        session has replaced already stays replaced.
        """
        share = self.shares.get(told.generator)
        changed: set[str] = set()
        if share is None or told.session > share.session:
            if share is not None:
                changed = self._drop(told.generator, share.attributes.keys() - values.keys())
                self._forget_time(share)
            share = Share(told.session, told.message, told.alarm, told.sequence_number, 0, seen_us)
        self._stamp(told, share, seen_us)
        for name, value in values.items():
            before = share.attributes.get(name)
            if before is None or not _is_older(told, share, before[0]):
                share.keep(name, told.sequence_number, value)
                if self._put(told, name, value, place):
                    changed.add(name)
        share.message = told.message
        return changed

    def delete(self, told: Told) -> set[str]:
        """Take back what a generator that has a share said up to this message; return the attributes that changed."""
        share = self.shares[told.generator]
        later_session = told.session > share.session
        said = [
            name
            for name, (number, _) in share.attributes.items()
            if later_session or not _is_older(told, share, number)
        ]
        if len(said) == len(share.attributes):
            return self.remove(told.generator)
        for name in said:
            share.drop(name)
        return self._drop(told.generator, said)

    def remove(self, source: str) -> set[str]:
        """Take back all that a generator said; return the attributes that changed."""
        share = self.shares.pop(source)
        self._forget_time(share)
        return self._drop(source, share.attributes)

    def restore(self, source: str, share: Share) -> None:
        """Put back what was remembered of a source that is not here."""
        self.shares[source] = share
        self._newest_us = None
        for name, (_, value) in share.attributes.items():
            if not value.empty:
                self.attributes.setdefault(name, Attribute()).put(source, value)

    def _stamp(self, told: Told, share: Share, seen_us: int) -> None:
        self.shares[told.generator] = share
        share.seen_us = max(share.seen_us, seen_us)
        if _is_older(told, share, share.sequence):
            return
        time_us = microseconds(told.time)
        if self._newest_us is not None and time_us >= self._newest_us:
            self._newest_us = time_us
        else:
            self._forget_time(share)
        share.sequence, share.time_us, share.alarm = told.sequence_number, time_us, told.alarm

    def _forget_time(self, share: Share) -> None:
        if share.time_us == self._newest_us:
            self._newest_us = None

    def counters(self) -> Iterator[Counter]:
        """Yield those that there are."""
        return (each.counter for each in self.attributes.values() if each.counter is not None)

    def _put(self, told: Told, name: str, value: Known, place: Place | None) -> bool:
        attribute = self.attributes.get(name)
        if attribute is None:
            attribute = self.attributes[name] = Attribute()
        changed = attribute.put(told.generator, value)
        if self._counting and value.number is not None and aggtype_of(value.form) == "counter":
            if attribute.counter is None:
                attribute.counter = Counter(value.form)
            order = {"session": told.session, "sequence": told.sequence_number}
            attribute.counter.add(told.generator, value.number, value.form, **order, place=place)
        if attribute.gone:
            del self.attributes[name]
        return changed

    def _drop(self, source: str, names: Iterable[str]) -> set[str]:
        changed: set[str] = set()
        for name in names:
            attribute = self.attributes.get(name)
            if attribute is not None and attribute.drop(source):
                changed.add(name)
                if attribute.gone:
                    del self.attributes[name]
        return changed


def _is_older(told: Told, share: Share, number: int) -> bool:
    """Whether what has this number was said after this message. Classes count apart: of two, what comes later counts."""
    return told.message == share.message and is_older(told.sequence_number, number)
