"""Whom an event concerns: those to whom its labels lead now, and those who wait for its end. Pure."""

from satark.notifier.events import OPENED, RESOLVED, Event, incident_of, state_of
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.outbox.queues import Queues
from satark.notifier.outbox.subjects import subjects
from satark.notifier.routing.model import Key, Leg, Policy, Routing

ONLY_THE_END = Policy(tell_on=frozenset({OPENED, RESOLVED}))
"""How those are told to whom the labels lead no more."""


def led_to(event: Event, routing: Routing) -> dict[Key, Leg]:
    """Return to whom an event's labels lead now, and how; a group goes wherever one of its members would go."""
    found: dict[Key, Leg] = {}
    for subject in subjects(event):
        for leg in routing.legs(subject):
            found.setdefault(leg.target.key, leg)
    return found


def legs_of(event: Event, routing: Routing, outcomes: Outcomes, queues: Queues) -> tuple[Leg, ...]:
    """Return who may have to be told of an event, no target twice.

    What comes after a beginning also goes to those who were told of
    the beginning, or wait to be, wherever the labels lead by now.
    """
    found = led_to(event, routing)
    if state_of(event) != OPENED:
        for head in queues.targets(incident_of(event)):
            target = head.notice.target
            found.setdefault(target.key, Leg(target, head.notice.policy))
        for key in outcomes.targets(incident_of(event)):
            known = None if key in found else routing.named(*key)
            if known is not None:
                found[key] = Leg(known, ONLY_THE_END)
    return tuple(found.values())
