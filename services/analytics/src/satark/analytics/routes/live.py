"""All that is live, for the process to put together: the mirror, its routes, and what fills and uses them."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_bytes, token_hex

from satark.analytics.mirror.following import MirrorFollower
from satark.analytics.mirror.mirror import Limits as MirrorLimits
from satark.analytics.mirror.mirror import Mirror
from satark.analytics.publishing import EventWriter
from satark.analytics.routes import alarms, streams, uves
from satark.analytics.routes.v1 import objects
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.streams.hub import Hub
from satark.analytics.streams.hub import Limits as StreamLimits
from satark.analytics.streams.response import Pace, Streams
from satark.analytics.uves.browsing import Browser
from satark.analytics.uves.tokens import Tokens
from satark.analytics.uves.usage import Told
from satark.analytics.web.route import Route
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.uve.told import microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How much is held, how streams go, and the key of the alarms' tokens (up to 64 bytes; none: one of this process)."""

    mirror: MirrorLimits = field(default_factory=MirrorLimits)
    streams: StreamLimits = field(default_factory=StreamLimits)
    pace: Pace = field(default_factory=Pace)
    token_key: bytes = field(default=b"", repr=False)


class Live:
    """Serves objects, alarms and streams from what it reads of Kafka while it runs."""

    def __init__(self, kafka: KafkaSettings, health: Health, *, told: Told, options: Options | None = None) -> None:
        options = options or Options()
        tokens = Tokens(options.token_key or token_bytes(32))
        self.mirror = Mirror(options.mirror)
        self.browser = Browser(self.mirror, tokens)
        self._hub = Hub(self.mirror, tokens, epoch=token_hex(4), limits=options.streams)
        self._follower = MirrorFollower(kafka, self.mirror, health, listener=self._hub)
        self._writer = EventWriter(kafka)
        self.routes: tuple[Route, ...] = (
            *uves.routes(self.mirror, tokens, told=told, now_us=lambda: microseconds(_now())),
            *alarms.routes(self.mirror, tokens, self._hub, publish=self._writer.write, told=told, now=_now),
            *streams.routes(Streams(self._hub, options.pace)),
            *objects.routes(self.browser),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Follow Kafka until `stop` is set; then streams are told to end."""
        try:
            await self._follower.run(stop)
        finally:
            self._hub.close()
            await self._writer.close()


def options_of(settings: AnalyticsSettings) -> Options:
    """Return what the settings say of it."""
    return Options(
        mirror=MirrorLimits(memory_bytes=settings.object_memory_bytes),
        streams=StreamLimits(memory_bytes=settings.stream_memory_bytes),
        pace=Pace(heartbeat_s=settings.stream_heartbeat_s, most=settings.streams),
        token_key=settings.alarm_token_key.reveal().encode() if settings.alarm_token_key else b"",
    )


def _now() -> datetime:
    return datetime.now(UTC)
