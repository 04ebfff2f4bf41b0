"""What is due of one open incident: reminders of those who were told, escalations to those who were not. Pure.

A reminder is due `repeat_interval` after the last message to its target, whatever that was; so after a long outage one
is due. An escalation's level is due `after` the first target of its route was told, and comes to a target once. What
somebody has seen is neither repeated nor escalated, nor is an incident of a group: the group is. What is not to be told
now (a silence, mute times, another incident) is not dropped: it is due when that is over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from satark.notifier.outbox.quiet import Inhibitor, nothing_inhibits
from satark.notifier.outbox.routes import led_to
from satark.notifier.outbox.silences import cover, is_no_graver
from satark.notifier.outbox.subjects import names_all, subjects
from satark.notifier.routing.model import Key, Leg, Policy, Routing, Target
from satark.notifier.telling import Aside, Occasion
from satark.runtime.said import Said
from satark.schemas.identifiers import identifier
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupUpdated
from satark.schemas.incidents import Severity
from satark.schemas.open_incidents import OpenEvent, OpenIncident, ReceiverTold
from satark.schemas.silences import Silence

LOOK_AGAIN_S = 600.0
"""When something keeps an incident quiet that may end at any time: somebody's word, or another incident."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A message that is due because an incident lasts. `id` is the notification's: the same follow-up always has the same."""

    id: str
    event: OpenEvent
    target: Target
    policy: Policy
    aside: Aside
    due: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at an incident found: what is due, what is due and not wanted now, and when to look again.

    `again` is None when only news of the incident will change anything.
    """

    due: tuple[FollowUp, ...] = ()
    kept: tuple[FollowUp, ...] = ()
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a look takes into account besides the incident. `silences` are those that hold now."""

    said: Said
    silences: Sequence[Silence]
    routing: Routing
    inhibitor: Inhibitor = nothing_inhibits


def look(known: OpenIncident, around: Surroundings, now: datetime) -> Look:
    """Return what is due of an open incident that is no member of a group."""
    found = list(followups(known, around.routing))
    later = [each.due for each in found if each.due > now]
    ripe = [each for each in found if each.due <= now]
    everybody = _quiet_until(known.event, around, now) if ripe else None
    due, kept = [], []
    for each in ripe:
        until = everybody or _unwanted_until(each, known, around.said, now)
        if until is None:
            due.append(each)
        else:
            kept.append(each)
            later.append(until)
    return Look(tuple(due), tuple(kept), min(later, default=None))


def _quiet_until(event: OpenEvent, around: Surroundings, now: datetime) -> datetime | None:
    """Return when to look again at what nobody is to be told of now, None if it is nothing of that kind."""
    soon = now + timedelta(seconds=LOOK_AGAIN_S)
    covered = cover(event, around.silences, now)
    if covered is not None:
        return min(covered.until, soon)
    explained = names_all(event) and all(around.inhibitor(subject) is not None for subject in subjects(event))
    return soon if explained else None


def _unwanted_until(followup: FollowUp, known: OpenIncident, said: Said, now: datetime) -> datetime | None:
    """Return when to look again at what its target need not be told, because somebody has seen it, or not now."""
    target, times = followup.target, followup.policy.times
    told = next((one for one in known.told if (one.channel, one.receiver) == target.key), None)
    if is_seen(known.event, said, told.severity if told else None):
        return now + timedelta(seconds=LOOK_AGAIN_S)
    return times.quiet_until(now) if times else None


def is_seen(event: OpenEvent, said: Said, told: Severity | None) -> bool:
    """Return whether somebody has seen an incident; of a group, all of its members that are not well again.

    What has become graver since they did, and graver than it was `told`, nobody has seen.
    """
    if isinstance(event, IncidentGroupOpened | IncidentGroupUpdated):
        lasting = [member.incident for member in event.members if member.ended_at is None]
        return names_all(event) and bool(lasting) and all(said.acknowledgements.get(one) for one in lasting)
    word = said.acknowledgements.get(event.incident)
    if word is None:
        return False
    return told is None or is_no_graver(event, told) or word.time >= event.time


def followups(known: OpenIncident, routing: Routing) -> Iterator[FollowUp]:
    """Yield the next reminder of each target that was told, and the escalations to those that were not."""
    told = {(each.channel, each.receiver): each for each in known.told}
    if not told:
        return
    legs = tuple(led_to(known.event, routing).values())
    yield from _reminders(known, told, _policies(legs, routing))
    yield from _escalations(known, told, legs, routing)


def _policies(legs: Sequence[Leg], routing: Routing) -> dict[Key, tuple[Target, Policy]]:
    """Return by which policy each target is reminded: its route's, or that of the route it stands in or is escalated for."""
    found: dict[Key, tuple[Target, Policy]] = {}
    for leg in legs:
        found.setdefault(leg.target.key, (leg.target, leg.policy))
    for leg in legs:
        others = (leg.target.fallback, *(name for level in leg.policy.escalations for name in level.receivers))
        for target in (target for name in others for target in routing.targets(name)):
            found.setdefault(target.key, (target, leg.policy))
    return found


def _reminders(
    known: OpenIncident, told: dict[Key, ReceiverTold], policies: dict[Key, tuple[Target, Policy]]
) -> Iterator[FollowUp]:
    for key, each in told.items():
        if not each.reached or key not in policies:
            continue
        target, policy = policies[key]
        if policy.repeat_interval_s > 0:
            due = _after(each.last, policy.repeat_interval_s)
            yield _followup(known, target, policy, Occasion.REMINDER, each.reminders + 1, due)


def _escalations(
    known: OpenIncident, told: dict[Key, ReceiverTold], legs: Sequence[Leg], routing: Routing
) -> Iterator[FollowUp]:
    found: dict[Key, FollowUp] = {}
    for leg in legs:
        began = _began(leg, told, routing)
        if began is None:
            continue
        for count, level in enumerate(leg.policy.escalations, start=1):
            due = _after(began, level.after_s)
            for target in (target for name in level.receivers for target in routing.targets(name)):
                key = target.key
                if key not in told and (key not in found or due < found[key].due):
                    found[key] = _followup(known, target, leg.policy, Occasion.ESCALATION, count, due)
    yield from found.values()


def _began(leg: Leg, told: dict[Key, ReceiverTold], routing: Routing) -> datetime | None:
    """Return when the target of a leg, or its fallback, was told first; None if neither was."""
    targets = (leg.target, *(routing.targets(leg.target.fallback) if leg.target.fallback else ()))
    found = [told.get(target.key) for target in targets]
    return min((each.first for each in found if each is not None and each.reached), default=None)


def _after(time: datetime, seconds: float) -> datetime:
    """Return a time so much later; what is beyond all calendars is never."""
    try:
        return time + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _followup(
    known: OpenIncident, target: Target, policy: Policy, occasion: Occasion, count: int, due: datetime
) -> FollowUp:
    id_ = identifier("follow-up", known.incident, *target.key, occasion.value, str(count))
    return FollowUp(id_, known.event, target, policy, Aside(occasion=occasion, count=count), due)
