"""All that is live, for the process to put together: the mirror, its routes, and what fills and uses them."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_bytes, token_hex

from satark.analytics.mirror.following import MirrorFollower
from satark.analytics.mirror.mirror import Limits as MirrorLimits
from satark.analytics.mirror.mirror import Mirror
from satark.analytics.routes import alarms, streams, uves
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.streams.hub import Hub
from satark.analytics.streams.hub import Limits as StreamLimits
from satark.analytics.streams.response import Pace, Streams
from satark.analytics.uves.tokens import Tokens
from satark.analytics.uves.usage import Told
from satark.analytics.web.route import Route
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.codec import encode
from satark.uve.told import microseconds

SOURCE = "/satark/analytics"
WRITE_S = 10.0


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
        self._hub = Hub(self.mirror, tokens, epoch=token_hex(4), limits=options.streams)
        self._follower = MirrorFollower(kafka, self.mirror, health, listener=self._hub)
        self._writer = AcknowledgementWriter(kafka)
        self.routes: tuple[Route, ...] = (
            *uves.routes(self.mirror, tokens, told=told, now_us=lambda: microseconds(_now())),
            *alarms.routes(self.mirror, tokens, self._hub, publish=self._writer.write, told=told, now=_now),
            *streams.routes(Streams(self._hub, options.pace)),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Follow Kafka until `stop` is set; then streams are told to end."""
        try:
            await self._follower.run(stop)
        finally:
            self._hub.close()
            await self._writer.close()


class AcknowledgementWriter:
    """Writes what people say to alarms; connected when that is first needed."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._producer: Producer | None = None
        self._opening = asyncio.Lock()

    async def write(self, event: AlarmAcknowledged) -> None:
        """Write an event and wait until it is safe. Raises KafkaError, KafkaUnavailableError or OSError."""
        async with self._opening:
            if self._producer is None:
                producer = Producer(
                    self._kafka, client_id="satark-analytics", connect_attempts=1, delivery_timeout_s=WRITE_S
                )
                self._producer = await producer.__aenter__()
        made = encode(event, source=SOURCE)
        await self._producer.send(OutgoingRecord(made.topic, made.key, made.value, made.headers))

    async def close(self) -> None:
        """Close the connection, if there is one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.__aexit__(None, None, None)


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
