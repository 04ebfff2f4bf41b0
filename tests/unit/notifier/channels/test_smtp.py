import asyncio
import ssl
import warnings
from pathlib import Path

import pytest
import structlog

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent
from satark.notifier.channels.smtp import Postman, Timeouts
from satark.notifier.channels.smtp_target import Encryption, SmtpTarget
from satark.notifier.mail.message import Letterhead, Mail
from satark.runtime.settings import Secret
from tests.support.certificates import Authority, Identity
from tests.support.ports import free_port
from tests.unit.notifier.channels.mail_server import Fault, MailServer, babbling, running, server_context
from tests.unit.notifier.mail.mails import compose_one
from tests.unit.notifier.scenes import WRITTEN, opened

HEAD = Letterhead("Satark <alerts@example.net>", "example.net")
WORD = "open sesame"


def mail(receiver: str = "noc@example.net") -> Mail:
    """Return a mail to the given receiver."""
    return compose_one(opened(), receiver, HEAD, WRITTEN)


def channel(
    port: int,
    encryption: Encryption = Encryption.NONE,
    *,
    user: str | None = None,
    password: str = WORD,
    ca_file: Path | None = None,
    host: str = "127.0.0.1",
    timeout_s: float = 5.0,
) -> Postman:
    """Return a channel to a server of the test."""
    return Postman(
        SmtpTarget(encryption, host, port, user),
        helo="notifier.example.net",
        password=Secret(password) if user else None,
        ca_file=ca_file,
        timeouts=Timeouts(timeout_s, timeout_s, timeout_s),
    )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority of the test."""
    return Authority(tmp_path / "ca")


@pytest.fixture
def identity(authority: Authority) -> Identity:
    """A server's certificate for localhost."""
    return authority.issue("mail")


def context(identity: Identity) -> ssl.SSLContext:
    """Return the server's TLS context."""
    return server_context(identity.cert_file, identity.key_file)


class TestDelivery:
    async def test_hands_over_the_whole_mail(self) -> None:
        """Envelope and content arrive as they were composed, dots at line starts included."""
        sent = mail()

        async with running(MailServer()) as server:
            delivery = await channel(server.port).post(sent)

        assert isinstance(delivery, Sent)
        assert delivery.detail.startswith("250")
        (received,) = server.received
        assert (received.sender, received.receivers) == ("alerts@example.net", ("noc@example.net",))
        assert sent.content == received.content
        assert "EHLO notifier.example.net" in server.said

    async def test_takes_addresses_beyond_ascii(self) -> None:
        """A receiver with an accent is spoken of in SMTPUTF8."""
        async with running(MailServer()) as server:
            delivery = await channel(server.port).post(mail("josé@xn--mnchen-3ya.de"))

        assert isinstance(delivery, Sent)
        assert server.received[0].receivers == ("josé@xn--mnchen-3ya.de",)
        assert "\r\nTo: josé@xn--mnchen-3ya.de\r\n".encode() in server.received[0].content

    async def test_needs_smtputf8_for_them(self) -> None:
        """A server without the extension will never take such an address."""
        async with babbling("220 hi", "250 plain old mail", "221 bye") as port:
            delivery = await channel(port).post(mail("josé@example.net"))

        assert isinstance(delivery, Permanent)
        assert "SMTPUTF8" in delivery.detail


class TestReplies:
    @pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
    async def test_puts_off_what_is_refused_for_now(self, phase: str) -> None:
        """451 is tried again, and then it passes."""
        async with running(MailServer({phase: ["451 try later"]})) as server:
            mailer = channel(server.port)
            first, second = await mailer.post(mail()), await mailer.post(mail())

        assert Retry("451 try later") == first
        assert isinstance(second, Sent)
        assert len(server.received) == 1

    @pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
    async def test_gives_up_what_is_refused_for_good(self, phase: str) -> None:
        """550 is final, whatever it answers."""
        async with running(MailServer({phase: ["550 no such user"]})) as server:
            delivery = await channel(server.port).post(mail())

        assert Permanent("550 no such user") == delivery

    async def test_knows_a_closing_server(self) -> None:
        """421 concerns all mails."""
        async with running(MailServer({"RCPT": ["421 closing"]})) as server:
            delivery = await channel(server.port).post(mail())

        assert Retry("421 closing", whole=True) == delivery

    @pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
    async def test_puts_off_when_the_connection_drops(self, phase: str) -> None:
        """A lost reply is no refusal: the mail goes again, under the same Message-ID."""
        async with running(MailServer({phase: [Fault.DROP]})) as server:
            delivery = await channel(server.port).post(mail())

        assert isinstance(delivery, Retry)
        assert not delivery.whole

    @pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
    async def test_puts_off_when_the_server_hangs(self, phase: str) -> None:
        """Each phase has its time limit."""
        async with running(MailServer({phase: [Fault.HANG]})) as server, asyncio.timeout(10):
            delivery = await channel(server.port, timeout_s=0.3).post(mail())

        assert isinstance(delivery, Retry)

    async def test_keeps_one_mail_in_the_thread_of_its_double(self) -> None:
        """A mail whose acceptance was not heard and the one after it have the same Message-ID."""
        async with running(MailServer({"DATA": [Fault.DROP]})) as server:
            mailer = channel(server.port)
            await mailer.post(mail())
            await mailer.post(mail())

        assert len(server.received) == 2
        assert len({received.message["Message-ID"] for received in server.received}) == 1


class TestConnection:
    async def test_retries_all_when_nobody_listens(self) -> None:
        """A refused connection concerns all mails."""
        delivery = await channel(free_port()).post(mail())

        assert isinstance(delivery, Retry)
        assert delivery.whole

    @pytest.mark.parametrize("greeting", ["421 busy", "554 go away"])
    async def test_retries_all_when_greeted_with_a_refusal(self, greeting: str) -> None:
        """Before a mail is spoken of even 5xx says nothing about it."""
        async with babbling(greeting) as port:
            delivery = await channel(port).post(mail())

        assert Retry(greeting, whole=True) == delivery

    async def test_retries_all_when_nobody_speaks(self) -> None:
        """A server that accepts and says nothing is down."""
        async with babbling() as port, asyncio.timeout(10):
            delivery = await channel(port, timeout_s=0.3).post(mail())

        assert isinstance(delivery, Retry)
        assert delivery.whole

    async def test_is_not_fooled_by_nonsense(self) -> None:
        """What is no SMTP is a server that is down."""
        async with babbling("HTTP/1.1 400 Bad Request", "") as port:
            delivery = await channel(port).post(mail())

        assert isinstance(delivery, Retry)
        assert delivery.whole


class TestEncryption:
    async def test_speaks_tls_from_the_start(self, authority: Authority, identity: Identity) -> None:
        """Implicit TLS with a private CA."""
        async with running(MailServer(), implicit=context(identity)) as server:
            mailer = channel(server.port, Encryption.IMPLICIT, ca_file=authority.ca_file, host="localhost")
            delivery = await mailer.post(mail())

        assert isinstance(delivery, Sent)
        assert server.received[0].encrypted

    async def test_changes_to_tls(self, authority: Authority, identity: Identity) -> None:
        """STARTTLS comes before anything else."""
        async with running(MailServer(), starttls=context(identity)) as server:
            mailer = channel(server.port, Encryption.STARTTLS, ca_file=authority.ca_file, host="localhost")
            delivery = await mailer.post(mail())

        assert isinstance(delivery, Sent)
        assert server.received[0].encrypted

    async def test_refuses_to_go_on_in_the_clear(self, authority: Authority) -> None:
        """A server that does not offer STARTTLS gets no mail and no password."""
        async with running(MailServer()) as server:
            mailer = channel(
                server.port, Encryption.STARTTLS, ca_file=authority.ca_file, host="localhost", user="satark"
            )
            delivery = await mailer.post(mail())

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert "STARTTLS" in delivery.detail.upper()
        assert not server.received

    @pytest.mark.parametrize("encryption", [Encryption.IMPLICIT, Encryption.STARTTLS])
    async def test_refuses_an_unknown_authority(self, encryption: Encryption, identity: Identity) -> None:
        """A certificate that nobody vouches for is none."""
        tls = context(identity)
        implicit, starttls = (tls, None) if encryption is Encryption.IMPLICIT else (None, tls)
        async with running(MailServer(), implicit=implicit, starttls=starttls) as server:
            delivery = await channel(server.port, encryption, host="localhost").post(mail())

        assert isinstance(delivery, Retry)
        assert "certificate" in delivery.detail.lower()
        assert not server.received

    async def test_refuses_another_host_s_certificate(self, authority: Authority) -> None:
        """The name in the certificate must be the server's."""
        tls = context(authority.issue("other", hosts=("mail.example.net",)))
        async with running(MailServer(), implicit=tls) as server:
            mailer = channel(server.port, Encryption.IMPLICIT, ca_file=authority.ca_file, host="localhost")
            delivery = await mailer.post(mail())

        assert isinstance(delivery, Retry)
        assert not server.received

    async def test_refuses_old_tls(self, authority: Authority, identity: Identity) -> None:
        """TLS 1.1 is no encryption."""
        old = context(identity)
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        async with running(MailServer(), implicit=old) as server:
            mailer = channel(server.port, Encryption.IMPLICIT, ca_file=authority.ca_file, host="localhost")
            delivery = await mailer.post(mail())

        assert isinstance(delivery, Retry)
        assert not server.received


class TestLogin:
    async def _try(self, authority: Authority, identity: Identity, password: str) -> tuple[Delivery, MailServer]:
        async with running(MailServer(), starttls=context(identity), login=True) as server:
            mailer = channel(
                server.port,
                Encryption.STARTTLS,
                ca_file=authority.ca_file,
                host="localhost",
                user="satark",
                password=password,
            )
            return await mailer.post(mail()), server

    async def test_logs_in(self, authority: Authority, identity: Identity) -> None:
        """User and password open the door, under TLS."""
        delivery, server = await self._try(authority, identity, WORD)

        assert isinstance(delivery, Sent)
        assert (server.received[0].user, server.received[0].encrypted) == ("satark", True)

    async def test_loses_no_alert_to_a_wrong_password(self, authority: Authority, identity: Identity) -> None:
        """A refused login is the operator's to mend: all mails wait, and no text holds the password."""
        with structlog.testing.capture_logs() as logs:
            delivery, _ = await self._try(authority, identity, "sesame street")

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert "535" in delivery.detail
        assert "sesame street" not in f"{delivery} {logs}"

    async def test_masks_a_password_that_is_echoed(self) -> None:
        """A server that repeats the password does not get it into a log."""
        async with babbling("220 hi", "250-hi\r\n250 AUTH LOGIN PLAIN", f"535 {WORD} is wrong", f"535 {WORD}") as port:
            delivery = await channel(port, user="satark").post(mail())

        assert isinstance(delivery, Retry)
        assert WORD not in delivery.detail
        assert "***" in delivery.detail
