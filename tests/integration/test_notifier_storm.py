"""A storm on real Kafka and a real mail server: few mails, and nothing lost, also over a crash."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from satark.schemas.notifications import Notification, Outcome
from tests.integration.test_notifier import NOC, Stage, incident, stage
from tests.support.waiting import eventually
from tests.unit.notifier.channels.mail_server import MailServer, running
from tests.unit.notifier.scenes import resolved

__all__ = ["stage"]

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

COUNT = 1_000
MOST_MAILS = 5
USUAL: dict[str, Any] = {"digest_above": 5, "burst": 10}
PATIENCE_S = 90.0


def routes(folder: Path, *, interval_s: int) -> Path:
    """Return routes by which beginnings wait three seconds, and digests are so far apart."""
    path = folder / "routes.yaml"
    path.write_text(
        f"route: {{receiver: noc, group_wait: 3s, group_interval: {interval_s}s}}\n"
        f"receivers: [{{name: noc, email_configs: [{{to: {NOC}}}]}}]\n"
    )
    return path


def pending() -> float | None:
    """Return how many notices wait in this process."""
    return REGISTRY.get_sample_value("satark_notifier_pending")


async def told(stage: Stage, count: int) -> list[Notification]:
    """Wait until so many outcomes are written."""

    async def enough() -> list[Notification]:
        outcomes = await stage.outcomes()
        return outcomes if len(outcomes) >= count else []

    return await eventually(enough, PATIENCE_S, what=f"{count} outcomes", pause_s=0.5)


def assert_told_once(outcomes: list[Notification], server: MailServer, events: set[str]) -> None:
    """Each event has one outcome, that it was sent, in one of the mails that the server took."""
    assert dict.fromkeys(events, 1) == Counter(each.event for each in outcomes)
    assert {Outcome.SENT} == {each.outcome for each in outcomes}
    taken = Counter(mail.message["Message-ID"] for mail in server.received)
    assert dict.fromkeys({each.message_id for each in outcomes}, 1) == taken


async def test_a_storm_is_few_mails(stage: Stage, tmp_path: Path) -> None:
    """A thousand incidents at once, and their ends: at most five mails, and one outcome for each of two thousand events."""
    begun = [incident(f"L{number}") for number in range(COUNT)]
    over = [resolved(each) for each in begun]
    way = routes(tmp_path, interval_s=8)
    async with running(MailServer()) as server, stage.notifier(server.port, routes=way, **USUAL):
        await stage.publish(*begun)
        await told(stage, COUNT)
        await stage.publish(*over)
        outcomes = await told(stage, 2 * COUNT)

    assert_told_once(outcomes, server, {each.id for each in (*begun, *over)})
    assert len(server.received) <= MOST_MAILS


async def test_a_crash_between_two_digests(stage: Stage, tmp_path: Path) -> None:
    """What was told is not told again, and what was not is told by who comes next."""
    first, second = ([incident(f"{name}{number}") for number in range(100)] for name in "AB")
    async with running(MailServer()) as server:
        way = routes(tmp_path, interval_s=600)
        async with stage.notifier(server.port, routes=way, crash=True, **USUAL):
            await stage.publish(*first)
            await told(stage, len(first))
            await stage.publish(*second)
            await eventually(lambda: pending() == len(second), PATIENCE_S, what="a second digest that waits")
        way = routes(tmp_path, interval_s=1)
        async with stage.notifier(server.port, routes=way, **USUAL):
            outcomes = await told(stage, len(first) + len(second))

    assert_told_once(outcomes, server, {each.id for each in (*first, *second)})
    assert len(server.received) <= MOST_MAILS
