"""All objects of a partition, and which session of each generator counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from satark.uve.limits import LIMITS, Limits
from satark.uve.told import Told, Withdrawal
from satark.uve.uve import Step, Uve


@dataclass(slots=True)
class _Source:
    """A generator: sessions up to `through` are over; `entities` are the objects of which it says something."""

    through: int
    entities: set[str]


class Uves:
    """Objects by key. A share of a session proves that all earlier ones of its generator are over."""

    def __init__(self, *, counting: bool = False, limits: Limits = LIMITS) -> None:
        self._counting = counting
        self._limits = limits
        self._uves: dict[str, Uve] = {}
        self._sources: dict[str, _Source] = {}
        self._forgotten: list[str] = []

    def __getitem__(self, entity: str) -> Uve:
        return self._uves[entity]

    def __contains__(self, entity: str) -> bool:
        return entity in self._uves

    def __len__(self) -> int:
        return len(self._uves)

    def get(self, entity: str) -> Uve | None:
        """Return an object, None if nothing is known of it."""
        return self._uves.get(entity)

    def through(self, generator: str) -> int | None:
        """Return the session through which all of a generator's are over, None if it was never heard of."""
        source = self._sources.get(generator)
        return None if source is None else source.through

    def restore(self, uves: Mapping[str, Uve], through: Mapping[str, int]) -> dict[str, Step]:
        """Put back what was remembered; return what had been withdrawn and was there still, by object."""
        over = dict(through)
        self._uves |= uves
        self._sources |= {generator: _Source(-1, set()) for generator in over}
        for entity, uve in uves.items():
            for (_, generator), share in uve.shares():
                over[generator] = max(over.get(generator, -1), share.session - 1)
                self._sources.setdefault(generator, _Source(-1, set())).entities.add(entity)
        ended: dict[str, Step] = {}
        for generator, last in over.items():
            for entity, step in self._end(generator, last).items():
                ended[entity] = ended[entity].and_then(step) if entity in ended else step
        return ended

    def forgotten(self) -> list[str]:
        """Return, once, the generators of which nothing is remembered any more."""
        forgotten, self._forgotten = self._forgotten, []
        return forgotten

    def __iter__(self) -> Iterator[str]:
        return iter(self._uves)

    def apply(self, told: Told, *, seen_us: int, offset: int | None = None) -> dict[str, Step]:
        """Take in a share, read at `offset`; return what happened, by object: others too if it begins a session.

        Raises `BadValueError`; then the share has changed nothing.
        """
        source = self._sources.get(told.generator)
        if source is not None and told.session <= source.through:
            return {told.entity: Step(ignored="withdrawn_session")}
        uve = self._uves.get(told.entity)
        if uve is None:
            if told.deleted:
                return self._end(told.generator, told.session - 1)
            if len(self._uves) >= self._limits.objects:
                return {told.entity: Step(ignored="too_many_objects")}
            if source is not None and len(source.entities) >= self._limits.objects_per_generator:
                return {told.entity: Step(ignored="too_many_objects_of_one")}
            uve = Uve(counting=self._counting, limits=self._limits)
        step = uve.apply(told, seen_us=seen_us, offset=offset)
        if step.ignored:
            return {told.entity: step}
        ended = self._end(told.generator, told.session - 1)
        if told.deleted or source is None or told.entity not in source.entities:
            self._keep(told.entity, uve, told.generator)
        if told.entity in ended:
            step = step.and_then(ended[told.entity])
        return {**ended, told.entity: step} if ended else {told.entity: step}

    def withdraw(self, event: Withdrawal) -> dict[str, Step]:
        """Take back what a generator said through a session; return what happened, by object."""
        return self._end(event.generator, event.through)

    def forget(self, entity: str) -> None:
        """Forget what counters remember of an object of which nobody says anything."""
        uve = self._uves.get(entity)
        if uve is not None and not uve.exists:
            del self._uves[entity]

    def _end(self, generator: str, through: int) -> dict[str, Step]:
        source = self._sources.get(generator)
        if source is None:
            source = self._remember(generator, through)
        elif through <= source.through:
            return {}
        source.through = through
        steps = {entity: self._uves[entity].withdraw(generator, through) for entity in sorted(source.entities)}
        for entity in steps:
            self._keep(entity, self._uves[entity], generator)
        return {entity: step for entity, step in steps.items() if step.shares}

    def _keep(self, entity: str, uve: Uve, generator: str) -> None:
        if uve.gone:
            self._uves.pop(entity, None)
        else:
            self._uves[entity] = uve
        source = self._sources[generator]
        if any(generator in part.shares for part in uve.parts.values()):
            source.entities.add(entity)
        else:
            source.entities.discard(entity)

    def _remember(self, generator: str, through: int) -> _Source:
        """Of too many generators, one that says nothing and whose session ended longest ago is forgotten."""
        if len(self._sources) >= self._limits.generators:
            silent = (name for name, source in self._sources.items() if not source.entities)
            oldest = min(silent, key=lambda name: self._sources[name].through, default=None)
            if oldest is not None:
                del self._sources[oldest]
                self._forgotten.append(oldest)
        source = self._sources[generator] = _Source(through, set())
        return source
