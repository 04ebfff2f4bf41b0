"""One attribute of one struct over all sources: who says what.

Sources that say equal values are one group, kept as values come and go, and so is the sum of integers: a change costs
the change, however many other sources there are.
"""

from collections.abc import Callable

from satark.schemas.uves import Value
from satark.uve.counters import Counter
from satark.uve.known import Form, Identity, Known, aggtype_of, known

Group = tuple[Value, tuple[str, ...]]
"""A value, and the sources that say so, sorted."""


class Attribute:
    """The values of one attribute by source. Lists without elements count for nothing, as if nobody had said them.

    `total` is the sum of the integers, `others` the number of sources that say something else. `forms` counts the
    types and annotations, `counter` is there if the attribute is counted over restarts.
    """

    __slots__ = ("_groups", "counter", "forms", "others", "sources", "total")

    def __init__(self) -> None:
        self.sources: dict[str, Known] = {}
        self.forms: dict[Form, int] = {}
        self.counter: Counter | None = None
        self.total = 0
        self.others = 0
        self._groups: dict[Identity, dict[str, Known]] = {}

    @property
    def gone(self) -> bool:
        """Nobody says anything, and nothing of it is remembered."""
        return not self.sources and self.counter is None

    @property
    def is_shown(self) -> bool:
        """Somebody says something, or said so before it was gone. A counter that begins anew is not seen until then."""
        return bool(self.sources) or (self.counter is not None and self.counter.total != 0)

    @property
    def aggtype(self) -> str:
        """The aggregation that any source asks for; if they ask for several, the one that most ask for."""
        asked: dict[str, int] = {}
        for form, count in self.forms.items():
            if name := aggtype_of(form):
                asked[name] = asked.get(name, 0) + count
        return max(sorted(asked), key=asked.__getitem__, default="")

    def put(self, source: str, value: Known) -> bool:
        """Let a source say this now; return whether that is something else than before."""
        before = self.sources.get(source)
        if before is value:
            return False
        if value.empty:
            return self.drop(source)
        if before is not None:
            self._subtract(source, before)
        self._add(source, value)
        return before is None or before.identity != value.identity or before.form != value.form

    def drop(self, source: str) -> bool:
        """Let a source say nothing; return whether it had said something."""
        before = self.sources.pop(source, None)
        if before is None:
            return False
        self._subtract(source, before)
        return True

    def known(self, raw: bytes, source: str) -> Known:
        """Return the value of these bytes: the one that is there, if the source or one of its group says the same.

        Raises `BadValueError`.
        """
        before = self.sources.get(source)
        if before is not None and before.raw == raw:
            return before
        fresh = known(raw)
        group = self._groups.get(fresh.identity)
        like = next(iter(group.values())) if group else fresh
        return like if like.raw == raw else fresh

    def only(self, keep: Callable[[str], bool]) -> "Attribute":
        """Return the attribute as these sources alone say it."""
        kept = Attribute()
        for source, value in self.sources.items():
            if keep(source):
                kept.put(source, value)
        if self.counter is not None:
            counter = self.counter.only(keep)
            kept.counter = counter if counter.counts else None
        return kept

    def agreed(self) -> Value | None:
        """Return the one value that all say; None when they differ."""
        if len(self._groups) != 1:
            return None
        (group,) = self._groups.values()
        return group[min(group)].value

    def groups(self) -> tuple[Group, ...]:
        """Return each value with its sources, in the order of their first ones."""
        groups = sorted(((sorted(group), group) for group in self._groups.values()), key=lambda pair: pair[0][0])
        return tuple((group[sources[0]].value, tuple(sources)) for sources, group in groups)

    def _add(self, source: str, value: Known) -> None:
        self.sources[source] = value
        self._groups.setdefault(value.identity, {})[source] = value
        self.forms[value.form] = self.forms.get(value.form, 0) + 1
        if value.number is None:
            self.others += 1
        else:
            self.total += value.number

    def _subtract(self, source: str, value: Known) -> None:
        group = self._groups[value.identity]
        del group[source]
        if not group:
            del self._groups[value.identity]
        self.forms[value.form] -= 1
        if not self.forms[value.form]:
            del self.forms[value.form]
        if value.number is None:
            self.others -= 1
        else:
            self.total -= value.number
