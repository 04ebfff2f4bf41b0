"""What answers: the routes of every part, put together, and what keeps these parts going."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import AddressValueError, IPv4Address
from time import monotonic

from satark.analytics import metrics, states
from satark.analytics.console import routes as console
from satark.analytics.costs.recorder import CostRecorder
from satark.analytics.desk.desk import Desk
from satark.analytics.desk.limits import Limits
from satark.analytics.export import routes as export
from satark.analytics.ingest.mapping.origin import EPOCH, microseconds
from satark.analytics.publishing import EventWriter
from satark.analytics.query.times import Retention
from satark.analytics.routes import links, operations, queries, static, tables
from satark.analytics.routes.actions import serving as actions
from satark.analytics.routes.live import Live, options_of
from satark.analytics.routes.v1 import (
    about,
    composing,
    fleet,
    generators,
    groups,
    incidents,
    notifications,
    pipeline,
    series,
    silences,
)
from satark.analytics.routes.v1 import links as wan_links
from satark.analytics.routes.v1 import requests as asking
from satark.analytics.routes.v1.questions.pipeline import StoreTold, store_told
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.client import Store
from satark.analytics.store.retention import Limits as Keeping
from satark.analytics.store.tables import Kept
from satark.analytics.store.upkeep import NothingKeptError, Upkeep
from satark.analytics.web.route import Route
from satark.analytics.web.service import Web
from satark.runtime.asking import ask
from satark.runtime.following import SaidFollower, TopicsFollower
from satark.runtime.groups import split_address
from satark.runtime.said import Said
from satark.runtime.service import ServiceContext


class Serving:
    """The REST API with all that stands behind it. Construction opens nothing."""

    def __init__(self, settings: AnalyticsSettings, context: ServiceContext, store: Store) -> None:
        kafka, health = context.kafka, context.health
        self._ops, self._limits = settings.check_ops, settings.limits
        self._costs = CostRecorder(store, source=socket.gethostname(), now=_now)
        self._live = Live(kafka, health, told=self._costs.tell, options=options_of(settings))
        self._said = Said()
        self._following = SaidFollower(kafka, self._said, health)
        self._states = states.States()
        self._watching = TopicsFollower(
            kafka,
            states.TOPICS,
            self._states,
            health,
            condition=states.CONDITION,
            on_news=lambda: metrics.STATES.set(len(self._states)),
        )
        self._writer = EventWriter(kafka)
        self._desk = Desk(
            store,
            now_us=_now_us,
            told=self._costs.tell,
            retention=retention_of(settings),
            limits=Limits.of(settings),
            address=server_address(settings.listen),
            folder=settings.query_folder or None,
        )
        self.routes = (*self._live.routes, *self._asked(store), *self._v1(store, context))
        listed = (*links.routes(lambda: self.routes), *about.openapi(lambda: self.routes, version=context.version))
        self.routes = (*self.routes, *listed)
        self.web = Web(settings, self.routes, health)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set and what is being answered has ended."""
        try:
            async with asyncio.TaskGroup() as group:
                for part in (self._live, self._following, self._watching, self._costs, self.web):
                    group.create_task(part.run(stop))
        finally:
            await self._desk.close()
            await self._writer.close()

    def _asked(self, store: Store) -> tuple[Route, ...]:
        upkeep = Upkeep(store)
        return (
            *queries.routes(self._desk),
            *tables.routes(self._desk, store, now_us=_now_us),
            *operations.routes(_oldest(upkeep), _purge(upkeep), now_us=_now_us),
        )

    def _v1(self, store: Store, context: ServiceContext) -> tuple[Route, ...]:
        said, publish = self._said, self._writer.write
        return (
            *console.routes(store, said, self._live.browser, self._states.state_of, now=_now),
            *wan_links.routes(store, now=_now),
            *fleet.routes(store, self._states.state_of, now=_now),
            *series.routes(store, now=_now),
            *incidents.routes(store, said, publish=publish, now=_now),
            *groups.routes(store),
            *silences.routes(said, publish=publish, now=_now),
            *actions.routes(store, said, publish=publish, now=_now, settings=context.links),
            *static.routes(),
            *notifications.routes(store),
            *generators.routes(store),
            *asking.routes(partial(ask, context.kafka)),
            *composing.routes(),
            *pipeline.routes(
                pipeline.check_of(context.kafka, self._ops),
                pipeline.drops_of(self._ops),
                _holds(Upkeep(store), self._limits),
                now=_now,
            ),
            *about.routes(context.health, version=context.version),
            *export.routes(store, now=_now, clock=monotonic),
        )


def retention_of(settings: AnalyticsSettings) -> Retention:
    """Return how far back queries may ask: as far as each class is kept."""
    limits = settings.limits
    return Retention(
        messages_s=_age_s(limits[Kept.MESSAGES]),
        objects_s=_age_s(limits[Kept.OBJECTS]),
        statistics_s=_age_s(limits[Kept.STATISTICS]),
        sessions_s=_age_s(limits[Kept.SESSIONS]),
    )


def server_address(listen: str) -> IPv4Address:
    """Return the address by which ids of queries name this server: where it listens, or else the machine's own."""
    host, _ = split_address(listen)
    try:
        address = IPv4Address(host)
    except AddressValueError:
        address = IPv4Address(0)
    if not address.is_unspecified:
        return address
    try:
        return IPv4Address(socket.gethostbyname(socket.gethostname()))
    except (OSError, AddressValueError):
        return IPv4Address("127.0.0.1")


def _age_s(limits: Keeping) -> int | None:
    return None if limits.age is None else int(limits.age.total_seconds())


def _oldest(upkeep: Upkeep) -> Callable[[], int | None]:
    def oldest_us() -> int | None:
        try:
            return microseconds(upkeep.start_time())
        except NothingKeptError:
            return None

    return oldest_us


def _holds(upkeep: Upkeep, limits: Mapping[Kept, Keeping]) -> Callable[[], StoreTold]:
    return lambda: store_told(upkeep.partitions(), upkeep.used_percent(), upkeep.oldest(), limits)


def _purge(upkeep: Upkeep) -> Callable[[int], None]:
    def purge(before_us: int) -> None:
        upkeep.purge_before(EPOCH + timedelta(microseconds=before_us))

    return purge


def _now() -> datetime:
    return datetime.now(UTC)


def _now_us() -> int:
    return microseconds(_now())
