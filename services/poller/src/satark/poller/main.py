"""`satark poller`."""

from satark.poller.check.command import CheckCommand
from satark.poller.settings import PollerSettings
from satark.runtime.service import App, ServiceCommand, ServiceContext


def build(settings: PollerSettings, context: ServiceContext) -> App:
    """Return the poller, not started. Its libraries are imported here, so that `satark --help` stays quick."""
    from satark.poller.app import PollerApp  # noqa: PLC0415 - see above

    return PollerApp(settings, context)


command = ServiceCommand(
    name="poller",
    help="poll an SD-WAN orchestrator and publish its links' quality",
    settings=PollerSettings,
    build=build,
    extras={"check": CheckCommand()},
)
