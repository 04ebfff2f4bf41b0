"""Trying a receiver: a test message goes to each of its targets, and what they say is noted."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from satark.notifier.channels.delivery import Channel, Delivery, Permanent, Retry, Sent, Unrenderable
from satark.notifier.preview import story
from satark.notifier.routing.model import Target
from satark.notifier.telling import Aside, Occasion, Part, Telling
from satark.schemas.identifiers import identifier, instant

LAG = timedelta(minutes=15)
"""How long ago the example began, as real ones do."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a test message. `reply` is what the other side said, or why it could not."""

    target: str
    channel: str
    result: str
    reply: str
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether it was taken."""
        return self.result == _RESULTS[Sent]


_RESULTS: dict[type, str] = {
    Sent: "sent",
    Retry: "put off",
    Permanent: "refused",
    Unrenderable: "not written",
}


async def tried(targets: Iterable[Target], channels: Mapping[str, Channel], now: datetime) -> Sequence[Trial]:
    """Send a test message to each target, once; return what became of them."""
    try:
        return await asyncio.gather(*(_tried(target, channels[target.channel], now) for target in targets))
    finally:
        for channel in channels.values():
            await channel.close()


def message(target: Target, now: datetime) -> Telling:
    """Return a test message: an example, under an id that no other has."""
    aligned = now.astimezone(UTC).replace(second=0, microsecond=0)
    example = story.opened(begin=aligned - LAG - timedelta(minutes=aligned.minute % 5))
    part = Part(identifier("test", *target.key, instant(now)), example, Aside(occasion=Occasion.TEST))
    return Telling(target, (part,))


async def _tried(target: Target, channel: Channel, now: datetime) -> Trial:
    clock = asyncio.get_running_loop().time
    begin = clock()
    delivery: Delivery = await channel.deliver(message(target, now), now)
    return Trial(target.name, target.channel, _RESULTS[type(delivery)], delivery.detail, round(clock() - begin, 3))
