"""`satark gateway`."""

from satark.runtime.service import App, ServiceCommand, ServiceContext
from satark.sandesh_gateway.settings import GatewaySettings


def build(settings: GatewaySettings, context: ServiceContext) -> App:
    """Return the gateway, not started. Its libraries are imported here, so that `satark --help` stays quick."""
    from satark.sandesh_gateway.app import GatewayApp  # noqa: PLC0415 - see above

    return GatewayApp(settings, context)


command = ServiceCommand(
    name="gateway",
    help="take what OpenContrail and Tungsten Fabric daemons say over Sandesh, and syslog, and publish it",
    settings=GatewaySettings,
    build=build,
)
