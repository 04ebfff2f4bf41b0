"""`satark simulate-vco`."""

from satark.runtime.service import ServiceCommand
from satark.simulators.vco.app import VcoApp
from satark.simulators.vco.settings import VcoSettings

command = ServiceCommand(
    name="simulate-vco",
    help="simulate an SD-WAN orchestrator with links that go bad on time",
    settings=VcoSettings,
    build=VcoApp,
    uses_kafka=False,
)
