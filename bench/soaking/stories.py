"""What was told of links, held against the script: which incidents belong to which episode, and what is wrong. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bench.soaking.week import Episode, Expected, Week
from satark.schemas.incident_groups import IncidentGroupEvent, IncidentGroupOpened, IncidentGroupResolved
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved

EARLY = 1
"""Buckets that the first sample beyond a limit may lie before its episode: noise may have been high already."""

LATE = 6
"""Buckets after an episode in which an incident of it may still begin or end: averages remember half an hour."""


@dataclass(slots=True)
class Told:
    """One incident or group, as its events tell it; `ended_at` is None while it is open."""

    name: str
    entities: tuple[str, ...]
    opened_at: datetime
    ended_at: datetime | None = None
    opened: int = 0
    resolved: int = 0
    historical: bool = False

    @property
    def is_whole(self) -> bool:
        """Opened once, resolved once, for people."""
        return (self.opened, self.resolved, self.historical) == (1, 1, False)


@dataclass(slots=True)
class Judged:
    """What is right and wrong; a line for each thing that is wrong, and for each link that an episode made two incidents of."""

    right: int = 0
    expected: int = 0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Which share of what was told the script knows."""
        return self.right / max(1, self.right + len(self.false))

    @property
    def recall(self) -> float:
        """Which share of what the script wants was told."""
        return 1 - len(self.missed) / max(1, self.expected)

    @property
    def repeated(self) -> float:
        """How many incidents came back, as a share of the links in trouble."""
        return len(self.again) / max(1, self.expected)


def told_of(events: Iterable[IncidentEvent]) -> dict[str, Told]:
    """Return incidents by id; an event that is told twice under one id counts once."""
    found: dict[str, Told] = {}
    for event in {event.id: event for event in events}.values():
        told = found.setdefault(event.incident, Told(event.incident, (event.entity,), event.opened_at))
        told.historical |= event.historical
        if isinstance(event, IncidentOpened):
            told.opened += 1
        elif isinstance(event, IncidentResolved):
            told.resolved += 1
            told.ended_at = event.ended_at
    return found


def groups_of(events: Iterable[IncidentGroupEvent]) -> dict[str, Told]:
    """Return groups by id, with all members that were ever named."""
    found: dict[str, Told] = {}
    for event in {event.id: event for event in events}.values():
        told = found.setdefault(event.group, Told(event.group, (), event.opened_at))
        told.entities = tuple(sorted({*told.entities, *(member.entity for member in event.members)}))
        if isinstance(event, IncidentGroupOpened):
            told.opened += 1
        elif isinstance(event, IncidentGroupResolved):
            told.resolved += 1
            told.ended_at = event.ended_at
    return found


def attributed(week: Week, incidents: Mapping[str, Told]) -> dict[str, Episode]:
    """Return the episode of each incident that has one: of the same link, and begun within it."""
    by_entity: dict[str, list[Episode]] = defaultdict(list)
    for episode in week.episodes:
        for entity in episode.entities:
            by_entity[entity].append(episode)
    found = {}
    for name, told in incidents.items():
        at = week.bucket(told.opened_at)
        for episode in by_entity.get(told.entities[0], ()):
            if episode.begin - EARLY <= at <= episode.end + LATE:
                found[name] = episode
    return found


def is_over(week: Week, episode: Episode) -> bool:
    """Return whether an episode had its time: a soak may be told to end before its week does."""
    return episode.end + LATE <= week.buckets


def judged(week: Week, incidents: Mapping[str, Told], groups: Mapping[str, Told]) -> Judged:
    """Hold incidents and groups against the script."""
    result = Judged()
    owners = attributed(week, incidents)
    count = Counter((id(owners[name]), told.entities[0]) for name, told in incidents.items() if name in owners)
    for name, told in incidents.items():
        owner = owners.get(name)
        if owner is None or owner.kind.expected is Expected.NONE:
            result.false.append(_line(week, told, owner))
            continue
        if not is_over(week, owner):
            continue
        result.right += 1
        if not told.is_whole:
            result.wrong.append(f"{_line(week, told, owner)}: opened {told.opened}, resolved {told.resolved}")
        elif told.ended_at is not None and week.bucket(told.ended_at) > owner.end + LATE:
            result.wrong.append(f"{_line(week, told, owner)}: ended in bucket {week.bucket(told.ended_at):g}")
    for episode in filter(partial(is_over, week), week.episodes):
        _count(episode, [count[id(episode), entity] for entity in episode.entities], result)
    _judge_groups(week, groups, result)
    return result


def _count(episode: Episode, counts: Sequence[int], result: Judged) -> None:
    if episode.kind.expected is Expected.NONE:
        return
    result.expected += len(counts)
    for entity, found in zip(episode.entities, counts, strict=True):
        text = f"{episode.kind.name} at bucket {episode.begin}, {entity}"
        if not found:
            result.missed.append(text)
        elif found > 1 and episode.kind.expected is not Expected.SOME:
            result.again.append(f"{text}: {found} incidents")


def _judge_groups(week: Week, groups: Mapping[str, Told], result: Judged) -> None:
    wanted = {frozenset(e.entities): e for e in week.episodes if e.kind.expected is Expected.GROUP}
    unfinished = {members for members, episode in wanted.items() if not is_over(week, episode)}
    seen: Counter[frozenset[str]] = Counter()
    for told in groups.values():
        members = frozenset(told.entities)
        seen[members] += 1
        if any(members <= each for each in unfinished):
            continue
        if members not in wanted:
            result.wrong.append(f"a group of {len(members)} links at bucket {week.bucket(told.opened_at):g}")
        elif not told.is_whole:
            result.wrong.append(f"group {told.name}: opened {told.opened}, resolved {told.resolved}")
    for members, episode in wanted.items():
        if seen[members] != 1 and members not in unfinished:
            result.wrong.append(
                f"{episode.kind.name} at bucket {episode.begin}: {seen[members]} groups of all its links"
            )


def _line(week: Week, told: Told, owner: Episode | None) -> str:
    what = owner.kind.name if owner else "no episode"
    return f"{what} at bucket {week.bucket(told.opened_at):g}, {told.entities[0]}"
