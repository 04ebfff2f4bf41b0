"""`satark simulate vco`, and `satark simulate-vco`."""

import argparse
from dataclasses import dataclass

from satark.runtime.service import App, ServiceCommand, ServiceContext
from satark.simulators.vco.settings import VcoSettings

CONTROL = """
while it runs, over HTTP (no credential is asked for):
  GET    /__sim/state       the clock, the calls of each method, refusals, incidents, knobs
  POST   /__sim/clock       {"now": TIME} stops it there, {"advance_s": 300} moves it, {"rate": 60} lets it run
  POST   /__sim/faults      changes knobs: lag_s, era, rate, fail, late_buckets, late_edges, auth_style, …
  DELETE /__sim/faults      puts all knobs back
  POST   /__sim/incidents   {"kind": "step", "edge": NAME, "link": NAME, "add": {"latency_ms_rx": 70}}
  DELETE /__sim/incidents   takes all injected incidents back
  POST   /__sim/tokens      {"kind": "operator", "expires": TIME, "unit": "ms"} answers one more API token
  DELETE /__sim/sessions    expires all logins
All knobs and kinds of incidents: docs/how-to/test-against-a-simulated-orchestrator.md

example:
  SATARK_SIMULATE_VCO_TOKEN=secret satark simulate vco
  curl -s -H 'Authorization: Token secret' http://127.0.0.1:8080/api/sdwan/v2/enterprises/"""


@dataclass(frozen=True)
class VcoCommand(ServiceCommand[VcoSettings]):
    """The service's command, its help extended by the control interface."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add --check, and to the help the settings and the control interface."""
        super().configure(parser)
        parser.epilog = f"{parser.epilog}\n{CONTROL}"


def build(settings: VcoSettings, context: ServiceContext) -> App:
    """Return the simulator, not started. Its libraries are imported here, so that `satark --help` stays quick."""
    from satark.simulators.vco.app import VcoApp  # noqa: PLC0415 - see above

    return VcoApp(settings, context)


command = VcoCommand(
    name="simulate-vco",
    help="simulate an SD-WAN orchestrator with links that go bad on time",
    settings=VcoSettings,
    build=build,
    uses_kafka=False,
)
