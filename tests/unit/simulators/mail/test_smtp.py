import asyncio
import smtplib
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from satark.runtime.settings import Secret
from satark.simulators.mail.options import SmtpOptions
from satark.simulators.mail.replies import Stage
from satark.simulators.mail.server import RunningMailCatcher, running_mail_catcher
from satark.simulators.mail.smtp import MAX_CONNECTIONS, MAX_RECIPIENTS
from tests.support.certificates import Authority
from tests.unit.simulators.mail.letters import letter, send, talk

LOGIN = SmtpOptions(username="noc", password=Secret("right"))


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context and a client's that trusts it."""
    authority = Authority(tmp_path)
    identity = authority.issue("mail")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(identity.cert_file, identity.key_file)
    return server, ssl.create_default_context(cafile=str(authority.ca_file))


class TestPlain:
    async def test_catches(self, catcher: RunningMailCatcher) -> None:
        """A mail arrives whole, with its envelope."""
        await send(catcher, letter(), recipients=["a@example.net", "b@example.net"])
        (mail,) = await catcher.wait_for(1)

        assert mail.summary.subject == "Latency of WAN Rádio D"
        assert mail.summary.recipients == ("a@example.net", "b@example.net")
        assert mail.content.text == "São Paulo 03 is slow.\r\n"
        assert mail.raw.startswith(b"Return-Path: <satark@example.net>\r\n")

    async def test_order(self, catcher: RunningMailCatcher) -> None:
        """Mails are listed in the order they came."""
        for number in range(3):
            await send(catcher, letter(str(number)))

        assert [mail.summary.subject for mail in catcher.mails()] == ["0", "1", "2"]

    async def test_wait_in_vain(self, catcher: RunningMailCatcher) -> None:
        """Waiting for more mails than come ends with how many there were."""
        await send(catcher, letter())

        with pytest.raises(TimeoutError, match=r"^1 of 2 mails after 0\.05 s$"):
            await catcher.wait_for(2, timeout_s=0.05)

    async def test_any_login_is_welcome(self, catcher: RunningMailCatcher) -> None:
        """Without an account of its own the catcher takes any login, and needs none."""
        await talk(catcher, lambda smtp: (smtp.login("any", "thing"), smtp.send_message(letter())))

        assert len(catcher.mails()) == 1

    async def test_non_ascii_address(self, catcher: RunningMailCatcher) -> None:
        """Addresses may be beyond ASCII (RFC 6531)."""
        await talk(
            catcher,
            lambda smtp: smtp.sendmail("satark@example.net", ["jürgen@example.net"], b"x", mail_options=["SMTPUTF8"]),
        )

        assert catcher.mails()[0].summary.recipients == ("jürgen@example.net",)


class TestLogin:
    async def test_needed(self) -> None:
        """With an account nothing is taken before the login."""
        async with running_mail_catcher(options=LOGIN) as catcher:
            with pytest.raises(smtplib.SMTPSenderRefused) as caught:
                await send(catcher, letter())
            await talk(catcher, lambda smtp: (smtp.login("noc", "right"), smtp.send_message(letter())))

            assert caught.value.smtp_code == 530
            assert len(catcher.mails()) == 1

    @pytest.mark.parametrize(("username", "password"), [("noc", "wrong"), ("other", "right")])
    async def test_refused(self, username: str, password: str) -> None:
        """A wrong login is refused."""
        async with running_mail_catcher(options=LOGIN) as catcher:
            with pytest.raises(smtplib.SMTPAuthenticationError):
                await talk(catcher, lambda smtp: smtp.login(username, password))


class TestTls:
    async def test_starttls(self, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
        """STARTTLS is required where it is offered, and logins come after it."""
        server, client = contexts
        options = SmtpOptions(mode="starttls", username="noc", password=Secret("right"))

        def dialogue(smtp: smtplib.SMTP) -> None:
            smtp.starttls(context=client)
            smtp.login("noc", "right")
            smtp.send_message(letter())

        async with running_mail_catcher(options=options, tls=server) as catcher:
            with pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"):
                await send(catcher, letter())
            await talk(catcher, dialogue)

            assert len(catcher.mails()) == 1

    async def test_implicit(self, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
        """Implicit TLS encrypts from the first byte; logins work."""
        server, client = contexts
        options = SmtpOptions(mode="implicit", username="noc", password=Secret("right"))
        async with running_mail_catcher(options=options, tls=server) as catcher:
            await talk(catcher, lambda smtp: (smtp.login("noc", "right"), smtp.send_message(letter())), implicit=client)

            assert len(catcher.mails()) == 1

    @pytest.mark.parametrize(("mode", "with_certificate"), [("starttls", False), ("implicit", False), ("plain", True)])
    async def test_contradiction(
        self, contexts: tuple[ssl.SSLContext, ssl.SSLContext], mode: str, *, with_certificate: bool
    ) -> None:
        """A mode without its certificate, or a certificate without a mode, is refused at the start."""
        options = SmtpOptions(mode=mode)  # type: ignore[arg-type]

        with pytest.raises(ValueError, match=f"mode {mode}"):
            async with running_mail_catcher(options=options, tls=contexts[0] if with_certificate else None):
                pass


class TestScript:
    async def test_temporary(self, catcher: RunningMailCatcher) -> None:
        """A temporary refusal is given as often as asked for; then the mail is taken."""
        catcher.script.reply("451 4.3.0 try again later", stage="data", times=2)
        for _ in range(2):
            with pytest.raises(smtplib.SMTPDataError) as caught:
                await send(catcher, letter())
            assert caught.value.smtp_code == 451
        await send(catcher, letter())

        assert len(catcher.mails()) == 1

    async def test_one_recipient(self, catcher: RunningMailCatcher) -> None:
        """One recipient can be refused for good while the others get their mail."""
        catcher.script.reply("550 5.1.1 unknown user", stage="rcpt", recipient="b@example.net", times=None)
        refused = await send(catcher, letter(), recipients=["a@example.net", "b@example.net"])

        assert refused == {"b@example.net": (550, b"5.1.1 unknown user")}
        assert catcher.mails()[0].summary.recipients == ("a@example.net",)

    @pytest.mark.parametrize(("stage", "error"), [("mail", smtplib.SMTPSenderRefused), ("ehlo", smtplib.SMTPHeloError)])
    async def test_other_stages(self, catcher: RunningMailCatcher, stage: Stage, error: type[Exception]) -> None:
        """Greeting and sender can be refused as well."""
        catcher.script.reply("421 4.3.2 shutting down", stage=stage, times=None)

        with pytest.raises((error, smtplib.SMTPServerDisconnected)):
            await send(catcher, letter())
        assert catcher.mails() == []

    @pytest.mark.parametrize(("stage", "kept"), [("mail", 0), ("rcpt", 0), ("data", 0), ("stored", 1)])
    async def test_drop(self, catcher: RunningMailCatcher, stage: Stage, kept: int) -> None:
        """A dropped connection leaves nothing behind, unless the mail had been kept already."""
        catcher.script.drop(stage=stage)

        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            await send(catcher, letter())
        await send(catcher, letter())

        assert len(catcher.mails()) == kept + 1

    async def test_slow(self, catcher: RunningMailCatcher) -> None:
        """A slow server takes its time, and then the mail."""
        catcher.script.slow(0.2, stage="data")
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await send(catcher, letter())

        assert loop.time() - begun >= 0.2
        assert len(catcher.mails()) == 1


class TestLimits:
    async def test_size(self) -> None:
        """A mail that is too large is refused."""
        async with running_mail_catcher(options=SmtpOptions(max_bytes=1000)) as catcher:
            with pytest.raises(smtplib.SMTPResponseException) as caught:
                await send(catcher, b"Subject: x\r\n\r\n" + b"x\r\n" * 1000)

            assert caught.value.smtp_code == 552
            assert catcher.mails() == []

    async def test_recipients(self, catcher: RunningMailCatcher) -> None:
        """A mail goes to only so many."""
        recipients = [f"r{number}@example.net" for number in range(MAX_RECIPIENTS + 2)]
        refused = await send(catcher, letter(), recipients=recipients)

        assert isinstance(refused, dict)
        assert list(refused) == recipients[MAX_RECIPIENTS:]

    async def test_connections(self, catcher: RunningMailCatcher) -> None:
        """One connection too many is told so; afterwards there is room again."""
        pairs = [await asyncio.open_connection(catcher.host, catcher.port) for _ in range(MAX_CONNECTIONS)]
        for reader, _ in pairs:
            await reader.readline()
        reader, writer = await asyncio.open_connection(catcher.host, catcher.port)
        refusal = await reader.read()
        for _, one in [*pairs, (reader, writer)]:
            one.close()
            await one.wait_closed()
        while True:
            reader, writer = await asyncio.open_connection(catcher.host, catcher.port)
            greeting = await reader.readline()
            writer.close()
            if greeting.startswith(b"220"):
                break

        assert refusal == b"421 4.3.2 Too many connections\r\n"

    async def test_full_disk(self, tmp_path: Path) -> None:
        """A mail that cannot be kept is a temporary refusal."""
        async with running_mail_catcher(folder=tmp_path / "box") as catcher:
            (tmp_path / "box").rmdir()
            with pytest.raises(smtplib.SMTPDataError) as caught:
                await send(catcher, letter())

        assert caught.value.smtp_code == 452


class TestRudeClients:
    @pytest.mark.parametrize(
        "noise",
        [
            b"\xff\xfe\x00\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n\xff\xff\r\n",
            b"A" * 100_000,
            b"",
        ],
    )
    async def test_noise(self, catcher: RunningMailCatcher, noise: bytes) -> None:
        """Noise and a lost connection do no harm: the next mail is caught."""
        _, writer = await asyncio.open_connection(catcher.host, catcher.port)
        writer.write(noise)
        await writer.drain()
        writer.transport.abort()
        await send(catcher, letter())

        assert [mail.summary.subject for mail in catcher.mails()] == ["Latency of WAN Rádio D"]

    async def test_shutdown_with_open_dialogue(self) -> None:
        """An open dialogue does not keep the catcher from ending."""
        async with asyncio.timeout(5):
            async with running_mail_catcher() as catcher:
                reader, writer = await asyncio.open_connection(catcher.host, catcher.port)
                await reader.readline()
            remainder = await reader.read()
            writer.close()

        assert remainder == b""


DIALOGUES: list[Callable[[smtplib.SMTP], object]] = [
    lambda smtp: smtp.sendmail("a@x", ["b@x"], b"Subject: one\r\n\r\n"),
    lambda smtp: (smtp.noop(), smtp.rset(), smtp.sendmail("a@x", ["b@x"], b"Subject: two\r\n\r\n")),
]


async def test_several_mails_in_a_dialogue(catcher: RunningMailCatcher) -> None:
    """A dialogue may bring several mails."""
    await talk(catcher, lambda smtp: [dialogue(smtp) for dialogue in DIALOGUES])

    assert [mail.summary.subject for mail in catcher.mails()] == ["one", "two"]
