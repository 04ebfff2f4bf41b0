"""Which incidents belong to a group that people are told of, so that they need no mail of their own. Pure.

A group's event names its members. Of a group with more members than an event can name, any incident of the same scope
and label that opened in the group's time counts as one while the group is open.
"""

from collections import OrderedDict

from satark.schemas.incident_groups import Dimension, IncidentGroupEvent, IncidentGroupResolved
from satark.schemas.incidents import IncidentEvent

MAX_GROUPS = 2_000
"""The oldest go first: some 100 MB at worst, of groups with all the members that an event can name; most have ten."""

SCOPE = ("orchestrator", "enterprise_id")


class Groups:
    """The groups that were told of last."""

    def __init__(self, limit: int = MAX_GROUPS) -> None:
        self._limit = limit
        self._known: OrderedDict[str, int] = OrderedDict()
        self._named: dict[str, set[str]] = {}
        self._members: set[str] = set()
        self._large: dict[str, IncidentGroupEvent] = {}

    def learn(self, event: IncidentGroupEvent) -> None:
        """Take in a group's event; an older one than is known changes nothing."""
        if self._known.get(event.group, -1) >= event.sequence:
            return
        named = {member.incident for member in event.members}
        self._named.setdefault(event.group, set()).update(named)
        self._members |= named
        self._known[event.group] = event.sequence
        self._known.move_to_end(event.group)
        self._large.pop(event.group, None)
        if event.member_count > len(event.members) and not isinstance(event, IncidentGroupResolved):
            self._large[event.group] = event
        while len(self._known) > self._limit:
            oldest, _ = self._known.popitem(last=False)
            self._members -= self._named.pop(oldest)
            self._large.pop(oldest, None)

    def holds(self, incident: IncidentEvent) -> bool:
        """Return whether the incident is a member of a group."""
        return incident.incident in self._members or any(_counts(g, incident) for g in self._large.values())


def _counts(group: IncidentGroupEvent, incident: IncidentEvent) -> bool:
    """Return whether an incident may be one of those that a group has and could not name."""
    shared = (*SCOPE, group.dimension.value)
    alike = all(incident.labels.get(name, "").strip() == group.labels.get(name) for name in shared)
    return alike and group.joins_from <= incident.opened_at <= group.joins_until


def may_join(incident: IncidentEvent) -> bool:
    """Return whether the incident has what groups are made by, so that it is worth a short wait."""
    labels = incident.labels
    return all(labels.get(name) for name in SCOPE) and any(labels.get(dimension.value) for dimension in Dimension)
