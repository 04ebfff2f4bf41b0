from datetime import UTC, datetime, timedelta

from satark.notifier.channels.build import channels_of
from satark.notifier.channels.trial import message, tried
from satark.notifier.routing.model import EMAIL, SLACK, WEBHOOK, Target
from satark.notifier.routing.receivers import EmailConfig, SlackConfig, WebhookConfig
from satark.notifier.settings import NotifierSettings
from satark.notifier.telling import Occasion
from tests.support.ports import free_port
from tests.unit.notifier.channels.http_target import HttpTarget, Reply, answering
from tests.unit.notifier.channels.mail_server import MailServer, running
from tests.unit.notifier.channels.tellings import URL

NOW = datetime(2026, 11, 21, 12, 3, 7, tzinfo=UTC)
MAILBOX = Target("noc", EMAIL, "noc@example.net", EmailConfig("noc@example.net"))


def settings(port: int) -> NotifierSettings:
    """Return settings with a mail server on loopback."""
    return NotifierSettings(
        smtp_url=f"smtp://127.0.0.1:{port}", sender="Satark <alerts@example.net>", receivers=("noc@example.net",)
    )


class TestTried:
    async def test_sends_to_each_target(self) -> None:
        """A receiver's mailbox, webhook and channel each get the example, marked as a test."""
        async with running(MailServer()) as server, answering(HttpTarget()) as target:
            targets = [
                MAILBOX,
                Target("noc", WEBHOOK, "noc/webhook", WebhookConfig(target.url, timeout_s=60)),
                Target("noc", SLACK, "noc/slack", SlackConfig(target.url, timeout_s=60)),
            ]
            trials = await tried(targets, channels_of(settings(server.port)), NOW)

        assert ["sent"] * 3 == [trial.result for trial in trials]
        assert all(trial.is_good and trial.seconds >= 0 for trial in trials)
        assert "[TEST]" in server.received[0].message["Subject"]
        assert all(b"[TEST]" in asked.body for asked in target.asked)

    async def test_tells_what_each_answered(self) -> None:
        """One that refuses keeps no other from being tried."""
        server = MailServer({"RCPT": ["550 no such user"]})
        async with running(server), answering(HttpTarget([Reply(503, "later")])) as target:
            targets = [
                MAILBOX,
                Target("noc", WEBHOOK, "noc/webhook", WebhookConfig(target.url, timeout_s=60)),
                Target("noc", SLACK, "noc/slack", WebhookConfig(URL)),
            ]
            trials = await tried(targets, channels_of(settings(server.port)), NOW)

        assert [
            ("noc@example.net", "refused", "550 no such user"),
            ("noc/webhook", "put off", "503 Service Unavailable: later"),
            ("noc/slack", "not written", "TypeError: noc/slack is no incoming webhook"),
        ] == [(trial.target, trial.result, trial.reply) for trial in trials]
        assert not any(trial.is_good for trial in trials)

    async def test_leaves_nothing_open(self) -> None:
        """The mail server is told goodbye."""
        async with running(MailServer()) as server:
            channels = channels_of(settings(server.port))
            await tried([MAILBOX], channels, NOW)
            trials = await tried([MAILBOX], channels, NOW + timedelta(seconds=1))

        assert trials[0].is_good
        assert 2 == server.said.count("EHLO example.net")

    async def test_knows_that_nobody_is_there(self) -> None:
        """A mail server that does not answer is not the receiver's fault."""
        (trial,) = await tried([MAILBOX], channels_of(settings(free_port())), NOW)

        assert "put off" == trial.result


class TestMessage:
    def test_is_an_example_of_now(self) -> None:
        """It is marked as a test, its times are recent, and no two have one id."""
        first, second = message(MAILBOX, NOW), message(MAILBOX, NOW + timedelta(seconds=1))

        (part,) = first.parts
        assert Occasion.TEST is part.aside.occasion
        assert timedelta(minutes=15) <= NOW - part.event.opened_at <= timedelta(minutes=21)
        assert first.id != second.id
