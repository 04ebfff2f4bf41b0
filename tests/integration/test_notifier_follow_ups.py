"""What a file of routes promises beyond the first message, on real Kafka, a real mail server and a real webhook."""

import json
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from satark.notifier import watch
from satark.notifier.routing import form
from satark.runtime.documents.shapes import Member
from satark.runtime.documents.values import duration
from satark.runtime.records import OutgoingRecord
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.codec import encode
from satark.schemas.incidents import Severity
from satark.schemas.notifications import Notification, Outcome
from tests.integration.test_notifier import BOSS, NOC, SOON_S, Stage, arrived, incident, mails, stage
from tests.support.waiting import eventually
from tests.unit.notifier.channels.http_target import HttpTarget, Reply, answering
from tests.unit.notifier.channels.mail_server import Fault, MailServer, running
from tests.unit.notifier.scenes import resolved

__all__ = ["stage"]

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

NOC_ALONE = "receivers: [{name: noc, email_configs: [{to: noc@example.net}]}]\n"
EVERY_S = 3


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is looked at often; escalations and signs of life may come after a few seconds."""
    monkeypatch.setattr(watch, "LOOK_EVERY_S", 0.2)
    monkeypatch.setattr(watch, "RETRY_S", 0.5)
    monkeypatch.setitem(form.HEARTBEAT.members, "every", Member(duration(1, 60), "How often."))
    monkeypatch.setitem(form.ESCALATION.members, "after", Member(duration(1, 60), "After which time.", required=True))


def routes(folder: Path, text: str) -> Path:
    """Return a file of routes."""
    path = folder / "routes.yaml"
    path.write_text(text)
    return path


async def outcomes_of(stage: Stage, occasion: str, count: int) -> list[Notification]:
    """Wait until there are so many outcomes of an occasion."""

    async def enough() -> list[Notification]:
        found = [each for each in await stage.outcomes() if each.occasion == occasion]
        return found if len(found) >= count else []

    return await eventually(enough, SOON_S, what=f"{count} outcomes of {occasion}", pause_s=0.2)


async def test_reminders_until_somebody_has_seen_it(stage: Stage, tmp_path: Path) -> None:
    """One each interval, over a restart too, and none after an acknowledgement."""
    path = routes(tmp_path, f"route: {{receiver: noc, group_wait: 0s, repeat_interval: {EVERY_S}s}}\n{NOC_ALONE}")
    first, second = incident("A"), incident("B")
    async with running(MailServer()) as server:
        async with stage.notifier(server.port, routes=path, crash=True):
            await stage.publish(first)
            await outcomes_of(stage, "reminder", 1)
        async with stage.notifier(server.port, routes=path):
            reminders = await outcomes_of(stage, "reminder", 3)
            word = Acknowledgement.of(incident=first.incident, entity=first.entity, time=datetime.now(UTC), by="ben")
            said = encode(word, source="/satark/analytics")
            await stage.write(OutgoingRecord(said.topic, said.key, said.value, said.headers))
            before = {each.id for each in await outcomes_of(stage, "reminder", 3)}
            await stage.publish(second)
            everything = await outcomes_of(stage, "reminder", len(before) + 3)

    of_first = sorted(each.time for each in everything if each.incident == first.incident)
    of_second = [each for each in everything if each.incident == second.incident]
    assert len(of_second) >= 2
    assert len(of_first) <= len(before) + 1
    assert 3 <= len(reminders) == len({each.id for each in reminders})
    assert all((later - one).total_seconds() >= EVERY_S - 0.5 for one, later in pairwise(of_first))
    assert len({mail.message["Message-ID"] for mail in server.received}) == len(server.received)


async def test_an_escalation_comes_once(stage: Stage, tmp_path: Path) -> None:
    """Who is told of what nobody has acknowledged hears of it once, over restarts before and after it; then of its end."""
    text = (
        f"route: {{receiver: noc, group_wait: 0s, repeat_interval: 0s, escalate: [{{after: {EVERY_S}s, to: [boss]}}]}}\n"
        "receivers:\n"
        "  - {name: noc, email_configs: [{to: noc@example.net}]}\n"
        "  - {name: boss, email_configs: [{to: boss@example.net}]}\n"
    )
    path, first = routes(tmp_path, text), incident("A")
    async with running(MailServer()) as server:
        async with stage.notifier(server.port, routes=path, crash=True):
            await stage.publish(first)
            (told,) = await stage.told(1)
        async with stage.notifier(server.port, routes=path, crash=True):
            (escalated,) = await outcomes_of(stage, "escalation", 1)
        async with stage.notifier(server.port, routes=path):
            await stage.publish(resolved(first))
            await arrived(server, 4)

    assert (escalated.time - told.time).total_seconds() >= EVERY_S
    assert [("opened", "A", NOC), ("opened", "A", BOSS)] == mails(server)[:2]
    assert {("resolved", "A", NOC), ("resolved", "A", BOSS)} == set(mails(server)[2:])


async def test_a_fallback_gets_what_is_refused_for_good(stage: Stage, tmp_path: Path) -> None:
    """Also when the notifier dies before its webhook has taken it; then it is told once, and not again."""
    server, pager = MailServer({"RCPT": ["550 no such user"]}), HttpTarget([Reply(503)] * 3)
    async with running(server), answering(pager):
        text = (
            "route: {receiver: noc, group_wait: 0s}\n"
            "receivers:\n"
            "  - {name: noc, email_configs: [{to: noc@example.net}], fallback: pager}\n"
            f"  - {{name: pager, webhook_configs: [{{url: '{pager.base}/hook'}}]}}\n"
        )
        path, first = routes(tmp_path, text), incident("A")
        async with stage.notifier(server.port, routes=path, crash=True, retry_after_s=(600.0,)):
            await stage.publish(first)
            await eventually(lambda: pager.asked, SOON_S, what="a first attempt of the fallback")
            (refused,) = await stage.told(1)
        pager.replies.clear()
        async with stage.notifier(server.port, routes=path):
            outcomes = await stage.told(2)
        tried = len(pager.asked)
        async with stage.notifier(server.port, routes=path):
            await stage.publish(incident("B"))
            await stage.told(3)

    assert refused.outcome is Outcome.FAILED
    assert {NOC: Outcome.FAILED, "pager/webhook": Outcome.SENT} == {each.receiver: each.outcome for each in outcomes}
    assert first.incident in json.dumps(json.loads(pager.asked[-1].body))
    assert tried == len(pager.asked)
    assert mails(server) == [("opened", "B", NOC)]


async def test_what_another_incident_explains_is_told_after_it(stage: Stage, tmp_path: Path) -> None:
    """While the cause is open its consequence is kept back; when the cause ends and it lasts, people hear of it."""
    text = (
        "route: {receiver: noc, group_wait: 1s}\n" + NOC_ALONE + "inhibit_rules:\n"
        "  - {source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [site]}\n"
    )
    cause = replace(incident("cause"), severity=Severity.CRITICAL)
    lasting, brief = incident("lasting"), incident("brief")
    async with running(MailServer()) as server, stage.notifier(server.port, routes=routes(tmp_path, text)):
        await stage.publish(cause)
        await arrived(server, 1)
        await stage.publish(lasting, brief)
        kept = await stage.told(3)
        await stage.publish(resolved(brief))
        await stage.told(5)
        await stage.publish(resolved(cause))
        await arrived(server, 3)
        await stage.publish(resolved(lasting))
        await arrived(server, 4)

    assert Counter(each.outcome for each in kept) == {Outcome.SENT: 1, Outcome.SILENCED: 2}
    assert Counter(mails(server)) == Counter(
        (state, name, NOC) for name in ("cause", "lasting") for state in ("opened", "resolved")
    )


async def test_mute_times(stage: Stage, tmp_path: Path) -> None:
    """What lasts is told when they are over, here because the routes name none any more."""
    quiet = "time_intervals: [{name: always, time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]}]\n"
    muted = "route: {receiver: noc, group_wait: 0s, routes: [{mute_time_intervals: [always]}]}\n" + NOC_ALONE + quiet
    async with running(MailServer()) as server:
        async with stage.notifier(server.port, routes=routes(tmp_path, muted)):
            await stage.publish(incident("A"))
            (kept,) = await stage.told(1)
        loud = routes(tmp_path, "route: {receiver: noc, group_wait: 0s}\n" + NOC_ALONE)
        async with stage.notifier(server.port, routes=loud, stale_settle_s=0.5):
            await arrived(server, 1)

    assert Outcome.SILENCED is kept.outcome
    assert "mute times of the route root/1" in (kept.detail or "")
    assert mails(server) == [("opened", "A", NOC)]


async def test_one_sign_of_life_a_slot(stage: Stage, tmp_path: Path) -> None:
    """However many notifiers there are, and also while the mail server is away for a moment."""
    text = f"route: {{receiver: noc}}\n{NOC_ALONE}heartbeat: {{receivers: [noc], every: {EVERY_S}s}}\n"
    path = routes(tmp_path, text)
    async with running(MailServer({"RCPT": [Fault.DROP]})) as server, stage.notifier(server.port, routes=path):
        await arrived(server, 1)
        async with stage.notifier(server.port, routes=path):
            await arrived(server, 3)
        await arrived(server, 4)

        outcomes = await stage.outcomes()

    taken = Counter(mail.message["Message-ID"] for mail in server.received)
    assert {1} == set(taken.values())
    assert len(outcomes) == len({each.id for each in outcomes}) >= 4
