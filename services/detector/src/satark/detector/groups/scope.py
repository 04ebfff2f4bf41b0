"""The groups of one scope: a state machine over the notices of its incidents. Pure; it changes in place.

`fold` takes a notice in, `decide` tells what has changed since the last decision. Both say which rows of the state they
changed, so that each can be stored by itself; every change of what was told is one row, a group's. A member of a group
that is not stored belongs to none: so a crash between two rows is a crash before the first.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from satark.detector.groups.choice import Choice, Entry, Sizes, choices, is_ripe
from satark.detector.groups.model import DIMENSIONS, RANK, Group, GroupRules, Key, Member, keys_of
from satark.detector.groups.telling import changed, opened, resolved
from satark.schemas.incident_groups import IncidentGroupEvent, group_entity, incident_group_id


@dataclass(slots=True)
class Outcome:
    """Events to publish, then rows to store, in this order, and incidents and groups to forget.

    `is_full` says that an incident was not taken in, because the scope holds as many as it may.
    """

    events: list[IncidentGroupEvent] = field(default_factory=list)
    rows: list[Member | Group] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    is_full: bool = False


class Scope:
    """The incidents and groups of one orchestrator and enterprise."""

    def __init__(self, rules: GroupRules, members: Iterable[Member] = (), groups: Iterable[Group] = ()) -> None:
        self._rules = rules
        self._groups = {group.id: group for group in groups}
        self._members: dict[str, Member] = {}
        self._of_group: dict[str, dict[str, None]] = {group.id: {} for group in groups}
        self._troubled: dict[Key, list[Entry]] = {}
        self._touched = set(self._groups)
        self._is_ripe = False
        for member in members:
            self._enter(member if member.group in self._groups else replace(member, group=""))

    def __len__(self) -> int:
        """Return how many incidents are remembered."""
        return len(self._members)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The open groups."""
        return tuple(self._groups.values())

    @property
    def is_unsettled(self) -> bool:
        """True while there may be something to decide."""
        return self._is_ripe or bool(self._touched)

    def fold(self, member: Member) -> Outcome:
        """Take in how an incident is told now. What is older than what is known, or the same, changes nothing."""
        known = self._members.get(member.about.incident)
        if known is not None and known.sequence >= member.sequence:
            return Outcome()
        if known is None and len(self._members) >= self._rules.max_members:
            return Outcome(is_full=True)
        group = known.group if known is not None else self._group_for(member)
        if known is not None:
            self._leave(known)
        member = replace(member, group=group)
        self._enter(member)
        if group:
            self._touched.add(group)
        return Outcome(rows=[member])

    def decide(self, now: datetime, sizes: Sizes | None = None) -> Outcome:
        """Open the groups that incidents make, tell what became of those that are open, and forget what is over.

        `now` only says what is long past; `sizes` are how many entities have a value, as far as that is known.
        """
        outcome = Outcome()
        for choice in list(choices(self._troubled, self._rules, sizes)):
            self._open(choice, outcome)
        for identity in sorted(self._touched):
            self._tell(self._groups[identity], outcome)
        self._touched.clear()
        self._is_ripe = False
        self._forget(now - timedelta(seconds=self._rules.remember_s), outcome)
        return outcome

    def _group_for(self, member: Member) -> str:
        """Return the open group that an incident joins: the largest of what it shares, the most specific of equals."""
        keys, at = keys_of(member.about.labels), member.about.opened_at
        fitting = [
            group
            for group in self._groups.values()
            if member.is_open and group.key in keys and group.joins_from <= at <= group.joins_until
        ]
        best = min(
            fitting, key=lambda g: (-len(self._of_group[g.id]), DIMENSIONS.index(g.dimension), g.id), default=None
        )
        return best.id if best is not None else ""

    def _enter(self, member: Member) -> None:
        incident, at = member.about.incident, member.about.opened_at.timestamp()
        self._members[incident] = member
        if member.group:
            self._of_group[member.group][incident] = None
        elif member.is_open:
            for key in keys_of(member.about.labels):
                entries = self._troubled.setdefault(key, [])
                insort(entries, (at, incident))
                self._is_ripe = self._is_ripe or is_ripe(entries, at, self._rules)

    def _leave(self, member: Member) -> None:
        """Take an incident out of the indexes, not out of memory."""
        incident, at = member.about.incident, member.about.opened_at.timestamp()
        if member.group:
            del self._of_group[member.group][incident]
        elif member.is_open:
            for key in keys_of(member.about.labels):
                self._troubled[key].remove((at, incident))
                if not self._troubled[key]:
                    del self._troubled[key]

    def _open(self, choice: Choice, outcome: Outcome) -> None:
        founders = [self._members[incident] for incident in choice.incidents]
        first, last = founders[0].about.opened_at, founders[-1].about.opened_at
        names, (dimension, value) = founders[0].names, choice.key
        window = timedelta(seconds=self._rules.window_s)
        entity = group_entity(names.get("orchestrator", ""), names.get("enterprise_id", ""), dimension, value)
        identity = incident_group_id(entity, founders[0].about.incident)
        found = Group(
            scope=founders[0].scope,
            id=identity,
            entity=entity,
            dimension=dimension,
            value=value,
            opened_at=first,
            joins_from=last - window,
            joins_until=first + window,
            names={**names, dimension.value: value},
            sequence=0,
            members=len(founders),
            open=len(founders),
            severity=max((member.about.severity for member in founders), key=RANK.__getitem__),
        )
        self._of_group[identity] = {}
        for member in founders:
            self._leave(member)
            joined = replace(member, group=identity)
            self._enter(joined)
            outcome.rows.append(joined)
        self._groups[identity] = found
        outcome.rows.append(found)
        outcome.events.append(opened(found, self._members_of(found)))

    def _tell(self, group: Group, outcome: Outcome) -> None:
        members = self._members_of(group)
        following = replace(
            group,
            sequence=group.sequence + 1,
            members=len(members),
            open=sum(member.is_open for member in members),
            severity=max((member.about.severity for member in members), key=RANK.__getitem__),
        )
        if not following.open:
            outcome.events.append(resolved(following, members))
            outcome.gone.append(group.id)
            self._dissolve(group)
            return
        event = changed(group, following, members)
        if event is not None:
            self._groups[group.id] = following
            outcome.events.append(event)
            outcome.rows.append(following)

    def _dissolve(self, group: Group) -> None:
        del self._groups[group.id]
        for incident in self._of_group.pop(group.id):
            self._members[incident] = replace(self._members[incident], group="")

    def _members_of(self, group: Group) -> list[Member]:
        return [self._members[incident] for incident in self._of_group[group.id]]

    def _forget(self, before: datetime, outcome: Outcome) -> None:
        """Forget resolved incidents that were told before, once they belong to no open group."""
        old = [one for one in self._members.values() if not (one.is_open or one.group) and one.time < before]
        for member in old:
            del self._members[member.about.incident]
            outcome.gone.append(member.about.incident)
