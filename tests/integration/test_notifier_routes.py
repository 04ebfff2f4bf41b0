"""A file of routes on real Kafka and a real mail server: who is told, together or not, and what a change does."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from satark.runtime.settings import SettingsError
from satark.schemas.incidents import IncidentOpened, Severity
from tests.integration.test_notifier import BOSS, NOC, Stage, arrived, incident, mails, stage
from tests.support.waiting import eventually
from tests.unit.notifier.channels.mail_server import MailServer, running

__all__ = ["stage"]

pytestmark = pytest.mark.kafka

ROUTES = """
route:
  receiver: noc
  group_wait: 0s
  routes:
    - {matchers: [severity=critical], receiver: %s, continue: true}
    - {matchers: [severity=critical, link=~"A|C"], receiver: noc}
    - {matchers: [severity=minor], receiver: noc, group_by: [site], group_wait: 2s}
receivers:
  - {name: noc, email_configs: [{to: noc@example.net}]}
  - {name: boss, email_configs: [{to: boss@example.net}]}
"""


def reloads(outcome: str) -> float:
    """Return how often a change of the file had the outcome."""
    return REGISTRY.get_sample_value("satark_notifier_routes_reloads_total", {"outcome": outcome}) or 0.0


def graded(name: str, severity: Severity) -> IncidentOpened:
    """Return the beginning of an incident of a link of its own."""
    return replace(incident(name), severity=severity)


async def test_routes_that_change(stage: Stage, tmp_path: Path) -> None:
    """The routes say who is told; a good change counts from then on, a bad one changes nothing."""
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES % "boss")
    taken, refused = reloads("taken"), reloads("refused")
    async with running(MailServer()) as server, stage.notifier(server.port, routes=path):
        await stage.publish(graded("A", Severity.CRITICAL), graded("B", Severity.WARNING))
        await arrived(server, 3)
        path.write_text(ROUTES % "nobody")
        await eventually(lambda: reloads("refused") > refused, 30.0, what="a refused change")
        await stage.publish(graded("C", Severity.CRITICAL))
        await arrived(server, 5)
        path.write_text(ROUTES % "noc")
        await eventually(lambda: reloads("taken") > taken + 1, 30.0, what="a change that is taken")
        await stage.publish(graded("D", Severity.CRITICAL))
        await arrived(server, 6)
        outcomes = await stage.told(6)

    assert sorted((link, receiver) for _, link, receiver in mails(server)) == [
        ("A", BOSS),
        ("A", NOC),
        ("B", NOC),
        ("C", BOSS),
        ("C", NOC),
        ("D", NOC),
    ]
    assert len(outcomes) == 6


async def test_told_together(stage: Stage, tmp_path: Path) -> None:
    """Incidents that a route groups are one mail."""
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES % "boss")
    async with running(MailServer()) as server, stage.notifier(server.port, routes=path):
        await stage.publish(*(graded(name, Severity.MINOR) for name in "ABC"))
        outcomes = await stage.told(3)

    assert len(server.received) == 1
    assert {each.receiver for each in outcomes} == {NOC}


async def test_wrong_routes(stage: Stage, tmp_path: Path) -> None:
    """With a wrong file it does not start, and says all that is wrong."""
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES % "nobody" + "heartbeat: {receivers: none}\n")
    with pytest.raises(SettingsError) as caught:
        async with stage.notifier(1, routes=path):
            pass

    assert [one.partition(": ")[2] for one in caught.value.mistakes] == [
        "route.routes[0].receiver: there is no receiver nobody; there are noc, boss",
        "heartbeat.receivers: there is no receiver none; there are noc, boss",
    ]
