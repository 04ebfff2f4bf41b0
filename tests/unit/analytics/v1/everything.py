"""Everything that analytics serves, put together as in the process, with nothing opened."""

from satark.analytics.serving import Serving
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.client import Store
from satark.analytics.store.opening import store_of
from satark.analytics.web.route import Route
from satark.runtime.context import ServiceContext
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.links import LinkSettings
from satark.runtime.secret import Secret


def routes(store: Store | None = None) -> tuple[Route, ...]:
    """Return all routes. Kafka is not there, but all that it has has been read."""
    settings = AnalyticsSettings()
    kafka = KafkaSettings(brokers="127.0.0.1:1")
    links = LinkSettings(url="https://satark.example.com", keys=Secret("k" * 32))
    context = ServiceContext("analytics", "1.2.3", kafka, OpsSettings(), Health(), links=links)
    serving = Serving(settings, context, store or store_of(settings))
    serving._live.mirror.ready = True
    return serving.routes
