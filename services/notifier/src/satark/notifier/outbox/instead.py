"""What a receiver's fallback is told, where the receiver could not be. Pure."""

from satark.notifier.outbox.notices import Notice
from satark.notifier.routing.model import Routing
from satark.notifier.telling import Aside, Occasion
from satark.schemas.notifications import notification_id


def fallbacks(notice: Notice, routing: Routing) -> list[Notice]:
    """Return the notices of the same event for each way to reach the fallback of a notice's receiver."""
    aside = Aside(occasion=Occasion.FALLBACK, instead_of=notice.target.name)
    return [
        Notice(
            notification_id(notice.event.id, *target.key),
            target,
            notice.policy,
            notice.event,
            notice.record,
            aside,
        )
        for target in routing.targets(notice.target.fallback)
    ]
