"""`satark detector`."""

from satark.detector.settings import DetectorSettings
from satark.runtime.service import App, ServiceCommand, ServiceContext


def _build(settings: DetectorSettings, context: ServiceContext) -> App:
    from satark.detector.app import DetectorApp  # noqa: PLC0415 - Faust costs half a second that --help need not pay

    return DetectorApp(settings, context)


command = ServiceCommand(
    name="detector",
    help="judge samples against each entity's own baseline and tell incidents",
    settings=DetectorSettings,
    build=_build,
)
