"""From a link in a mail to its effect: a notifier, a mail server, Kafka, and analytics that answers the link."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from msgspec.structs import replace

from satark.runtime.links import LinkSettings
from satark.runtime.secret import Secret
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.codec import decode
from satark.schemas.incidents import IncidentOpened
from satark.schemas.notifications import Outcome
from satark.schemas.silences import Silence
from satark.schemas.topics import ACKNOWLEDGEMENTS, SILENCES
from tests.integration.test_notifier import NOC, Stage, arrived, incident, stage
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually
from tests.unit.notifier.channels.mail_server import MailServer, running
from tests.unit.notifier.scenes import updated

__all__ = ["stage"]

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(180)]

KEY = "a key of this test and long enough for it"
LINKS = LinkSettings(url="http://satark.example.com/x", keys=Secret(KEY))
ALL = ("opened", "updated", "resolved")


@dataclass(frozen=True)
class Analytics:
    """The process that answers links, and a client of it that is somebody's browser."""

    process: SatarkProcess
    url: str
    browser: httpx2.AsyncClient

    async def open(self, link: str) -> httpx2.Response:
        """Follow a link as people do, once the incident is kept."""

        async def known() -> bool:
            return (await self.browser.get(path_of(link))).status_code == 200

        await eventually(known, 60.0, what="the page of an incident that is kept")
        return await self.browser.get(path_of(link))

    async def press(self, link: str, **fields: str) -> httpx2.Response:
        """Press the button of the page."""
        data = {name.removesuffix("_"): value for name, value in fields.items()}
        return await self.browser.post(path_of(link), data=data, headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
async def analytics(stage: Stage, satark: SatarkProcesses, tmp_path: Path) -> AsyncIterator[Analytics]:
    """Analytics with links, whose REST API asks for credentials."""
    credentials, port_file = tmp_path / "credentials", tmp_path / "analytics.port"
    credentials.write_text("admin admin the-secret-of-admin\n")
    environment = {
        "SATARK_KAFKA_BROKERS": stage.kafka.brokers,
        "SATARK_KAFKA_PARTITIONS": "2",
        "SATARK_ANALYTICS_STORE": f"chdb://{tmp_path / 'store'}",
        "SATARK_ANALYTICS_LISTEN": "127.0.0.1:0",
        "SATARK_ANALYTICS_PORT_FILE": str(port_file),
        "SATARK_ANALYTICS_CREDENTIALS_FILE": str(credentials),
        "SATARK_LINKS_URL": LINKS.url,
        "SATARK_LINKS_KEYS": KEY,
    }
    process = satark.start("analytics", environment=environment)
    await process.ready(timeout_s=120)
    url = f"http://127.0.0.1:{port_file.read_text().strip()}"
    async with httpx2.AsyncClient(base_url=url, headers={"Host": "satark.example.com"}, timeout=30) as browser:
        yield Analytics(process, url, browser)


def path_of(link: str) -> str:
    """Return what a proxy passes on of a link."""
    parts = urlsplit(link)
    return parts._replace(scheme="", netloc="", path=parts.path.removeprefix("/x")).geturl()


def links_of(mail: EmailMessage) -> list[str]:
    """Return the links that act, from the text of a mail, in their order."""
    text = mail.get_body(("plain",))
    assert text is not None
    return re.findall(rf"{re.escape(LINKS.url)}/act/\S+", text.get_content())


async def said(stage: Stage) -> list[Acknowledgement | Silence]:
    """Return what people said so far."""
    records = [*await stage.records(ACKNOWLEDGEMENTS), *await stage.records(SILENCES)]
    return [decode(record.topic, record.value, record.headers) for record in records]


async def test_links_do_what_they_say(stage: Stage, analytics: Analytics, satark: SatarkProcesses) -> None:
    """Following them changes nothing; pressed, one keeps back what is known, the other the next mail, with who and why."""
    seen, quiet = incident("seen"), incident("quiet")
    async with running(MailServer()) as server:
        async with stage.notifier(server.port, links=LINKS, tell_on=ALL):
            await stage.publish(seen)
            await arrived(server, 1)
            await stage.publish(quiet)
            await arrived(server, 2)
            first, second = (links_of(mail.message) for mail in server.received)
            told = {each.incident: each.id for each in await stage.told(2)}
        pages = [await analytics.open(link) for link in (*first, *second, *first)]
        before = await said(stage)
        acknowledged = await analytics.press(first[0], comment="ticket 4711")
        silenced = await analytics.press(second[2], for_="4h")
        repeated = await asyncio.gather(analytics.press(first[0]), analytics.press(second[2], for_="4h"))
        async with stage.notifier(server.port, links=LINKS, tell_on=ALL):
            await stage.publish(replace(updated(seen), severity=seen.severity), updated(quiet))
            outcomes = await stage.told(4)

    assert (4, 4, []) == (len(first), len(second), before)
    assert all("<button" in page.text for page in pages)
    assert [200] * 4 == [answer.status_code for answer in (acknowledged, silenced, *repeated)]
    assert all("Already" in answer.text for answer in repeated)
    word, silence = await said(stage)
    assert (seen.incident, NOC, f"ticket 4711 (from mail {told[seen.incident]})") == (
        getattr(word, "incident", ""),
        word.by,
        word.comment,
    )
    assert (NOC, f"from mail {told[quiet.incident]}") == (silence.by, silence.comment)
    assert 2 == len(server.received)
    assert {Outcome.SENT: 2, Outcome.ACKNOWLEDGED: 1, Outcome.SILENCED: 1} == {
        outcome: sum(each.outcome is outcome for each in outcomes) for outcome in {each.outcome for each in outcomes}
    }
    await _the_story_has_it(analytics, satark, quiet, told[quiet.incident])
    assert analytics.process.events("links_without_tls")
    assert not any(urlsplit(link).path.rpartition("/")[2] in analytics.process.output_tail() for link in first + second)


async def _the_story_has_it(analytics: Analytics, satark: SatarkProcesses, event: IncidentOpened, mail: str) -> None:
    environment = {"SATARK_API_URL": analytics.url, "SATARK_API_TOKEN": "the-secret-of-admin"}
    story = satark.start("incidents", event.incident, environment=environment)

    assert 0 == await story.ended(), story.output_tail()
    assert f"silenced by {NOC} from" in story.log_file.read_text()
    assert f"from mail {mail}" in story.log_file.read_text()
