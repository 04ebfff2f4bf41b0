"""`satark analytics`."""

from satark.analytics.settings import AnalyticsSettings
from satark.runtime.service import App, ServiceCommand, ServiceContext


def _build(settings: AnalyticsSettings, context: ServiceContext) -> App:
    from satark.analytics.app import AnalyticsApp  # noqa: PLC0415 - aiokafka and the web server are loaded only to run

    return AnalyticsApp(settings, context)


command = ServiceCommand(
    name="analytics",
    help="keep history and answer questions about it",
    settings=AnalyticsSettings,
    build=_build,
    uses_links=True,
)
