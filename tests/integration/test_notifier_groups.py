"""A group of incidents on real Kafka and a real mail server: one mail in place of its members' own."""

import pytest

from satark.schemas.notifications import Outcome
from tests.integration.test_notifier import SOON_S, Stage, arrived, stage
from tests.support.waiting import eventually
from tests.unit.notifier.channels.mail_server import MailServer, running
from tests.unit.notifier.group_scenes import group, incident, over
from tests.unit.notifier.scenes import resolved

__all__ = ["stage"]

pytestmark = pytest.mark.kafka

WAIT_S = 5.0


async def test_a_group_is_one_mail(stage: Stage) -> None:
    """Five links and their group: one mail when it opens, one when it is over, and one of a link that is no member."""
    links, alone = [incident(number) for number in range(5)], incident(9)
    async with running(MailServer()) as server, stage.notifier(server.port, group_wait_s=WAIT_S):
        await stage.publish(*links, alone)
        await stage.publish(group(*links))
        await arrived(server, 2)
        await stage.publish(*(resolved(each) for each in links), over(*links))
        await arrived(server, 3)
        outcomes = await stage.told(13)

    subjects = [str(mail.message["Subject"]) for mail in server.received]
    assert ["[OPENED] ISP British Telecom", "[OPENED] Edge 9 / BT Broadband", "[RESOLVED] ISP British Telecom"] == [
        subject.partition(":")[0] for subject in subjects
    ]
    grouped = [each for each in outcomes if each.outcome is Outcome.SUPPRESSED]
    assert {each.incident for each in links} == {each.incident for each in grouped}
    assert 10 == len(grouped)


async def test_two_notifiers_know_of_each_other_s_groups(stage: Stage) -> None:
    """Whoever has the group's partition tells of it, and whoever has a member's tells nothing."""
    links = [incident(number) for number in range(8)]
    async with (
        running(MailServer()) as server,
        stage.notifier(server.port, group_wait_s=WAIT_S),
        stage.notifier(server.port, group_wait_s=WAIT_S),
    ):
        await stage.publish(*links)
        await stage.publish(group(*links))
        outcomes = await stage.told(9)
        await eventually(lambda: len(server.received) == 1, SOON_S, what="the group's mail")

    assert sorted(["sent", *["suppressed"] * 8]) == sorted(each.outcome.value for each in outcomes)
