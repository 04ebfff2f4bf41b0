"""Which open incident keeps others quiet (Alertmanager's inhibit_rules), however many are open. Pure.

For each rule the open incidents that may be its source, by the values of the labels that must be equal. What is both
source and target by a rule never inhibits its like, so there are two shelves: such sources, and all others.
"""

from collections.abc import Sequence

from satark.notifier.routing.matchers import holds
from satark.notifier.routing.model import Subject
from satark.notifier.routing.tree import Inhibition
from satark.notifier.standing.standing import Standing
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupUpdated
from satark.schemas.open_incidents import OpenIncident
from satark.schemas.silences import subject_of

Place = tuple[int, bool, tuple[str, ...]]
"""The number of a rule, whether its target matchers hold too, and the values of the labels that must be equal."""


class Inhibitors:
    """The open incidents that are sources of rules. A group is none: its members are, each for itself."""

    def __init__(self, standing: Standing, rules: Sequence[Inhibition] = ()) -> None:
        self._standing = standing
        self._rules = tuple(rules)
        self._shelves: dict[Place, dict[str, Subject]] = {}
        self._places: dict[str, tuple[Place, ...]] = {}
        standing.watch(self._changed)

    def reroute(self, rules: Sequence[Inhibition]) -> None:
        """Go by other rules."""
        self._rules = tuple(rules)
        self._shelves.clear()
        self._places.clear()
        for known in self._standing.every():
            self._changed(known.incident, known)

    def inhibitor_of(self, subject: Subject) -> str | None:
        """Return the id of an open incident that keeps a subject from being told of; none inhibits itself."""
        for number, rule in enumerate(self._rules):
            if not holds(rule.target, subject):
                continue
            both = (False,) if holds(rule.source, subject) else (False, True)
            for is_target in both:
                shelf = self._shelves.get((number, is_target, _values(rule, subject)), {})
                for incident, source in shelf.items():
                    if incident != subject.get("incident") and rule.holds(source, subject):
                        return incident
        return None

    def _changed(self, incident: str, known: OpenIncident | None) -> None:
        for place in self._places.pop(incident, ()):
            shelf = self._shelves[place]
            del shelf[incident]
            if not shelf:
                del self._shelves[place]
        if known is None or isinstance(known.event, IncidentGroupOpened | IncidentGroupUpdated):
            return
        source = subject_of(known.event)
        places = tuple(
            (number, holds(rule.target, source), _values(rule, source))
            for number, rule in enumerate(self._rules)
            if holds(rule.source, source)
        )
        for place in places:
            self._shelves.setdefault(place, {})[incident] = source
        if places:
            self._places[incident] = places


def _values(rule: Inhibition, subject: Subject) -> tuple[str, ...]:
    return tuple(subject.get(name, "") for name in rule.equal)
