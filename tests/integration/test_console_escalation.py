"""From a mail to the console's page of an incident, and what is done there back to the notifier: all of it real."""

import re
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest

from satark.notifier import watch
from satark.notifier.routing import form
from satark.runtime.documents.shapes import Member
from satark.runtime.documents.values import duration
from satark.runtime.links import LinkSettings
from satark.runtime.secret import Secret
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.codec import decode
from satark.schemas.incidents import IncidentOpened
from satark.schemas.topics import ACKNOWLEDGEMENTS
from tests.console.test_incident import UNKEPT, opened, said
from tests.integration.test_notifier import BOSS, NOC, Stage, arrived, incident, mails, stage
from tests.integration.test_notifier_follow_ups import outcomes_of, routes
from tests.support.browser import IN_BROWSER, Watched, browser
from tests.support.ports import free_port
from tests.support.processes import SatarkProcesses, http_get
from tests.support.waiting import eventually
from tests.unit.notifier.channels.mail_server import MailServer, running
from tests.unit.notifier.scenes import resolved

__all__ = ["stage"]

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.e2e,
    *IN_BROWSER,
    pytest.mark.timeout(300),
]

KEY = "a key of this test and long enough for it"
COMMENT = "ticket 4711"
AFTER_S = 20
"""Within which a busy machine keeps an incident, shows its page and takes the word of who has seen it."""

KEPT_S = 60.0

ROUTES = (
    f"route: {{receiver: noc, group_wait: 0s, repeat_interval: 0s, escalate: [{{after: {AFTER_S}s, to: [boss]}}]}}\n"
    "receivers:\n"
    "  - {name: noc, email_configs: [{to: noc@example.net}]}\n"
    "  - {name: boss, email_configs: [{to: boss@example.net}]}\n"
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is looked at often; escalations may come after seconds, not minutes."""
    monkeypatch.setattr(watch, "LOOK_EVERY_S", 0.2)
    monkeypatch.setitem(form.ESCALATION.members, "after", Member(duration(1, 60), "After which time.", required=True))


@pytest.fixture
async def console(stage: Stage, satark: SatarkProcesses, tmp_path: Path) -> LinkSettings:
    """A console that is served, as mails link to it."""
    links = LinkSettings(url=f"http://127.0.0.1:{free_port()}", keys=Secret(KEY))
    process = satark.start(
        "analytics",
        environment={
            "SATARK_KAFKA_BROKERS": stage.kafka.brokers,
            "SATARK_KAFKA_PARTITIONS": "2",
            "SATARK_ANALYTICS_STORE": f"chdb://{tmp_path / 'store'}",
            "SATARK_ANALYTICS_LISTEN": links.url.removeprefix("http://"),
            "SATARK_LINKS_URL": links.url,
            "SATARK_LINKS_KEYS": KEY,
        },
    )
    await process.ready(timeout_s=120)
    return links


def page_of(mail: EmailMessage, links: LinkSettings) -> str:
    """Return the path of the console's page, from the link in the text of a mail."""
    text = mail.get_body(("plain",))
    assert text is not None
    (found,) = set(re.findall(rf"{re.escape(links.url)}(/console/\S+)", text.get_content()))
    return str(found)


async def is_served(url: str) -> bool:
    """Return whether there is such a page: an incident has one as soon as it is kept."""
    answer = await http_get(url)
    return answer is not None and answer.status == 200


async def acknowledge(page: Watched, path: str) -> str:
    """Open an incident and acknowledge it as people do; return what the page says then."""
    await eventually(partial(is_served, f"{page.base}{path}"), KEPT_S, what="the page of an incident that is kept")
    await opened(page, path)
    await page.page.fill("#comment", COMMENT)
    await page.page.click("#acknowledge button")
    return await said(page)


async def is_escalated(url: str, event: IncidentOpened) -> bool:
    """Return whether the story of an incident, as it is kept, has its escalation."""
    answer = await http_get(f"{url}/v1/incidents/{event.incident}")
    assert answer is not None
    return "escalation" in {each["occasion"] for each in answer.json()["notifications"]}


async def story(page: Watched, event: IncidentOpened) -> str:
    """Return what the page of an incident tells of it."""
    await opened(page, f"console/incidents/{event.incident}")
    return await page.page.inner_text("#timeline")


async def test_acknowledging_on_its_page_stops_the_escalation(
    stage: Stage, console: LinkSettings, tmp_path: Path
) -> None:
    """Of two incidents the one that is acknowledged on the page its mail links to goes no further; the other does."""
    path, seen, unseen = routes(tmp_path, ROUTES), incident("seen"), incident("unseen")
    async with (
        browser() as chromium,
        chromium.page(console.url, allowed=UNKEPT) as page,
        running(MailServer()) as server,
        stage.notifier(server.port, links=console, routes=path),
    ):
        await page.goto("console/incidents")
        await stage.publish(seen)
        await arrived(server, 1)
        await stage.publish(unseen)
        answer = await acknowledge(page, page_of(server.received[0].message, console))
        first = {each.incident: each.time for each in await stage.told(2)}
        (escalated,) = await outcomes_of(stage, "escalation", 1)
        await stage.publish(resolved(seen), resolved(unseen))
        await arrived(server, 6)
        escalations = await outcomes_of(stage, "escalation", 1)
        await eventually(partial(is_escalated, console.url, unseen), KEPT_S, what="an escalation that is kept")
        stories = [await story(page, each) for each in (seen, unseen)]
    (word,) = [decode(each.topic, each.value, each.headers) for each in await stage.records(ACKNOWLEDGEMENTS)]

    assert answer.startswith("Acknowledged")
    assert isinstance(word, Acknowledgement)
    assert (seen.incident, COMMENT) == (word.incident, word.comment)
    assert (word.time - first[seen.incident]).total_seconds() < AFTER_S
    # The boss hears of the second, which was told later: the time of the first has passed by then.
    assert first[seen.incident] < first[unseen.incident]
    assert (escalated.time - first[unseen.incident]).total_seconds() >= AFTER_S
    assert [(unseen.incident, BOSS)] == [(each.incident, each.receiver) for each in escalations]
    assert {("opened", "seen", NOC), ("opened", "unseen", NOC)} == set(mails(server)[:2])
    assert [("opened", "unseen", BOSS)] == mails(server)[2:3]
    assert {("resolved", "seen", NOC), ("resolved", "unseen", NOC), ("resolved", "unseen", BOSS)} == set(
        mails(server)[3:]
    )
    assert [False, True] == ["an escalation: nobody had acknowledged it" in each for each in stories]
    assert [True, False] == ["Acknowledged by" in each for each in stories]
    assert [] == page.complaints
