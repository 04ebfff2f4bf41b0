"""Which baselines a person means, and the latest of each entity. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from satark.detector.explain.words import place
from satark.schemas.baselines import BaselineState, EntityBaseline


@dataclass(slots=True)
class Latest:
    """The latest baseline of each entity that is meant: of those whose key or name holds a text, or of all."""

    text: str = ""
    learning: bool = False
    _by_entity: dict[str, EntityBaseline] = field(default_factory=dict)

    def add(self, baselines: Iterable[EntityBaseline]) -> None:
        """Take in baselines in the order in which they were told."""
        for baseline in baselines:
            known = self._by_entity.get(baseline.entity)
            if self._means(baseline) and (known is None or baseline.time >= known.time):
                self._by_entity[baseline.entity] = baseline

    def found(self) -> Iterator[EntityBaseline]:
        """Yield them in the order of their names; of those that are learnt only, if that was asked for."""
        for baseline in sorted(self._by_entity.values(), key=lambda one: (place(one).casefold(), one.entity)):
            if baseline.state is BaselineState.LEARNING or not self.learning:
                yield baseline

    def _means(self, baseline: EntityBaseline) -> bool:
        text = self.text.casefold()
        return text in baseline.entity.casefold() or text in place(baseline).casefold()
