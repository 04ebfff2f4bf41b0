"""Alarms over HTTP, in Contrail's shapes (analytics.md 2.5): all that are set, and how one says to have seen one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.routes.reads import Reads, incomplete, listed
from satark.analytics.routes.words import ACKFILT, KFILT, MFILT, SFILT, TABLEFILT
from satark.analytics.streams.hub import Hub
from satark.analytics.uves.acknowledging import FIELDS, Asked, asked, current, seen_view
from satark.analytics.uves.globs import matcher
from satark.analytics.uves.objects import encoded, shown
from satark.analytics.uves.reading import Reading, reading_of
from satark.analytics.uves.tokens import Tokens
from satark.analytics.uves.usage import Told
from satark.analytics.web.problem import Problem
from satark.analytics.web.problems import MEDIA_TYPE
from satark.analytics.web.route import Answer, Role, Route
from satark.runtime.kafka import KafkaError, KafkaUnavailableError
from satark.schemas.alarms import AlarmAcknowledged
from satark.uve.filters import ALARMS
from satark.uve.tables import api_type

ANSWER_S = 10.0
MAX_BY = 256

Publish = Callable[[AlarmAcknowledged], Awaitable[None]]
"""Writes an event to its topic and waits until it is safe. Raises KafkaError, KafkaUnavailableError or OSError."""

Json = dict[str, object]

BODY = {
    "type": "object",
    "required": list(FIELDS),
    "properties": {name: {"type": "string"} for name in FIELDS},
}
SET = {"type": "object", "description": "By type, the objects that have alarms: name and value."}


def routes(
    mirror: Mirror, tokens: Tokens, hub: Hub, *, publish: Publish, told: Told, now: Callable[[], datetime]
) -> tuple[Route, ...]:
    """Return the routes. `publish` writes acknowledgements, `told` takes in what each read cost."""
    handlers = _Handlers(mirror, tokens, hub, publish, Reads(told), now)
    return (
        Route(
            method="GET",
            path="/analytics/alarms",
            handler=handlers.set,
            summary="All alarms that are set.",
            answers=(
                Answer(200, "By type, the objects that have alarms.", SET),
                Answer(500, "As 200, but not all objects have been read yet.", SET),
            ),
            parameters=(TABLEFILT, KFILT, SFILT, MFILT, ACKFILT),
            tag="alarms",
        ),
        Route(
            method="POST",
            path="/analytics/alarms/acknowledge",
            handler=handlers.acknowledge,
            summary="Say that one has seen an alarm.",
            description="It silences nothing, and ends when the alarm changes. The token is that of the alarm as it was seen.",
            answers=(
                Answer(200, "It is acknowledged; it may have been before."),
                Answer(404, "A member is missing, or the token is none.", None, MEDIA_TYPE),
                Answer(500, "The alarm is not set, or has changed since.", None, MEDIA_TYPE),
                Answer(503, "Nobody has answered.", None, MEDIA_TYPE),
            ),
            role=Role.OPERATE,
            body=BODY,
            tag="alarms",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Handlers:
    mirror: Mirror
    tokens: Tokens
    hub: Hub
    publish: Publish
    reads: Reads
    now: Callable[[], datetime]

    async def set(self, request: Request) -> Response:
        read = self.reads.begun(request, "get", "alarms")
        reading = reading_of(request.query_params)
        content = {ALARMS[0]: frozenset[str]()}
        reading = replace(reading, is_flat=True, filters=replace(reading.filters, content=content))
        found: dict[str, list[Json]] = {}
        for at, (raw, alarm) in enumerate(self._set(reading)):
            found.setdefault(api_type(raw), []).append(alarm)
            if at % 100 == 0:
                await asyncio.sleep(0)
        objects = sum(map(len, found.values()))
        return read.answered(listed(request, self.mirror, encoded(dict(sorted(found.items())))), objects=objects)

    def _set(self, reading: Reading) -> Iterator[tuple[str, Json]]:
        view, is_meant = reading.view(0), matcher(reading.filters.names)
        for raw in self.mirror.tables():
            if reading.tables is not None and raw not in reading.tables:
                continue
            table = self.mirror.table(raw)
            for name in sorted(table.alarmed):
                held = table.objects.get(name)
                if held is None or not is_meant(name):
                    continue
                value = shown(f"{raw}:{name}", held, view, self.tokens)
                if ALARMS[1] in value.get(ALARMS[0], {}):
                    yield raw, {"name": name, "value": value}

    async def acknowledge(self, request: Request) -> Response:
        alarm = asked(request.headers.get("content-type", ""), await request.body())
        view = seen_view(alarm, self.tokens)
        if not self._is_seen(alarm, view):
            await self._published(alarm, view, by=str(getattr(request.state.caller, "name", ""))[:MAX_BY])
            await self._answered(alarm, view)
        return Response(headers=incomplete(self.mirror))

    async def _published(self, alarm: Asked, view: str, *, by: str) -> None:
        event = AlarmAcknowledged.of(entity=alarm.entity, type=alarm.type, token=view, by=by, time=self.now())
        try:
            await self.publish(event)
        except (KafkaError, KafkaUnavailableError, OSError) as error:
            raise Problem(503, "not_written", "Kafka does not take the acknowledgement") from error

    async def _answered(self, alarm: Asked, view: str) -> None:
        """Wait until the alarm is shown as acknowledged."""
        try:
            async with asyncio.timeout(ANSWER_S):
                while not self._is_seen(alarm, view):
                    await self.hub.rung(ANSWER_S)
        except TimeoutError:
            raise Problem(503, "no_answer", f"no detector has answered for {ANSWER_S:g} s") from None

    def _is_seen(self, alarm: Asked, view: str) -> bool:
        return current(alarm, view, self.mirror.get(alarm.entity)).acknowledged
