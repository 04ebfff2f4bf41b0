import asyncio
import smtplib
import ssl
from pathlib import Path

import msgspec
import pytest

from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.service import ServiceContext
from satark.runtime.settings import Secret, SettingsError, load
from satark.simulators.mail.app import MailApp
from satark.simulators.mail.command import command
from satark.simulators.mail.options import SmtpOptions
from satark.simulators.mail.settings import MailSettings
from tests.support.certificates import Authority
from tests.support.processes import http_get
from tests.support.waiting import eventually
from tests.unit.simulators.mail.letters import letter

GROUP = "catch-mail"


def context() -> ServiceContext:
    """Return what the runtime would hand over."""
    return ServiceContext(
        name=GROUP, version="0", kafka=KafkaSettings(brokers="none:1"), ops=OpsSettings(), health=Health()
    )


def settings_in(folder: Path) -> MailSettings:
    """Return settings for free ports, with their files in a folder."""
    return MailSettings(
        folder=folder / "mails",
        smtp_listen="127.0.0.1:0",
        web_listen="127.0.0.1:0",
        smtp_port_file=folder / "smtp.port",
        web_port_file=folder / "web.port",
    )


def deliver(folder: Path, trust: ssl.SSLContext | None = None) -> None:
    """Send a mail to the port that is in the folder."""
    with smtplib.SMTP("127.0.0.1", int((folder / "smtp.port").read_text()), timeout=10) as smtp:
        if trust is not None:
            smtp.starttls(context=trust)
            smtp.login("noc", "right")
        smtp.send_message(letter())


class TestApp:
    async def test_catches_until_stopped(self, tmp_path: Path) -> None:
        """The app takes mails, shows them, keeps them as files, and ends when it is told to."""
        given, stop = context(), asyncio.Event()
        running = asyncio.create_task(MailApp(settings_in(tmp_path), given).run(stop))
        await eventually(lambda: given.health.ready and given.health.report())
        await asyncio.to_thread(deliver, tmp_path)
        answer = await http_get(f"http://127.0.0.1:{(tmp_path / 'web.port').read_text().strip()}/api/mails")
        stop.set()
        await running

        assert answer is not None
        assert [mail["subject"] for mail in answer.json()] == ["Latency of WAN Rádio D"]
        assert [path.suffix for path in (tmp_path / "mails").glob("*")] == [".eml"]

    async def test_tls_and_login(self, tmp_path: Path) -> None:
        """STARTTLS and a login can be asked for."""
        authority = Authority(tmp_path / "ca")
        identity = authority.issue("mail")
        settings = msgspec.structs.replace(
            settings_in(tmp_path),
            tls="starttls",
            tls_cert_file=identity.cert_file,
            tls_key_file=identity.key_file,
            username="noc",
            password=Secret("right"),
        )
        given, stop = context(), asyncio.Event()
        running = asyncio.create_task(MailApp(settings, given).run(stop))
        await eventually(given.health.report)
        trust = ssl.create_default_context(cafile=str(authority.ca_file))
        await asyncio.to_thread(deliver, tmp_path, trust)
        stop.set()
        await running

        assert len(list((tmp_path / "mails").glob("*.eml"))) == 1


class TestSettings:
    def test_defaults(self) -> None:
        """A folder is all it takes."""
        settings = load(GROUP, MailSettings, {"SATARK_CATCH_MAIL_FOLDER": "mails"})

        assert (settings.smtp_listen, settings.web_listen, settings.limit) == ("127.0.0.1:1025", "127.0.0.1:8025", 500)
        assert settings.options() == SmtpOptions()

    @pytest.mark.parametrize(
        ("values", "text"),
        [
            ({}, "SATARK_CATCH_MAIL_FOLDER is missing"),
            ({"FOLDER": "m", "USERNAME": "noc"}, "USERNAME and PASSWORD go together"),
            ({"FOLDER": "m", "TLS": "starttls"}, "TLS starttls needs TLS_CERT_FILE"),
            ({"FOLDER": "m", "TLS_CERT_FILE": "x", "TLS_KEY_FILE": "y"}, "TLS plain has no use for TLS_CERT_FILE"),
            ({"FOLDER": "m", "LIMIT": "0"}, "SATARK_CATCH_MAIL_LIMIT"),
            ({"FOLDER": "m", "SMTP_LISTEN": "25"}, "SATARK_CATCH_MAIL_SMTP_LISTEN"),
        ],
    )
    def test_mistakes(self, values: dict[str, str], text: str) -> None:
        """Each mistake is named."""
        environ = {f"SATARK_CATCH_MAIL_{name}": value for name, value in values.items()}

        with pytest.raises(SettingsError) as caught:
            load(GROUP, MailSettings, environ)
        assert text in str(caught.value)


def test_command() -> None:
    """The command has the name its settings go by, and needs no Kafka."""
    assert (command.name, command.settings, command.uses_kafka) == (GROUP, MailSettings, False)
    assert command.help
