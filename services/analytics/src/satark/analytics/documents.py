"""What `satark docs` writes of analytics: the routes as a page and as an OpenAPI document (entry point `satark.documents`)."""

import json
from collections.abc import Mapping

from satark.analytics.serving import Serving
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.opening import store_of
from satark.analytics.web.openapi import document
from satark.analytics.web.reference import reference
from satark.runtime.command import product_version
from satark.runtime.context import ServiceContext
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health


def files() -> Mapping[str, str]:
    """Return texts by their paths in the repository. Everything that serves is put together, and nothing is opened."""
    version = product_version()
    settings = AnalyticsSettings()
    kafka = KafkaSettings(brokers="localhost:9092")
    context = ServiceContext("analytics", version, kafka, OpsSettings(), Health())
    routes = Serving(settings, context, store_of(settings)).routes
    text = json.dumps(document(routes, version=version), indent=2, ensure_ascii=False)
    return {"docs/reference/rest.md": reference(routes), "docs/reference/openapi.json": f"{text}\n"}
