"""Whatever a mail server does, no mail is lost, and none that was refused for good goes again."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent
from satark.notifier.channels.smtp import Postman
from satark.notifier.channels.smtp_session import Timeouts
from satark.notifier.channels.smtp_target import Encryption, SmtpTarget
from tests.support.certificates import LIFETIME, Authority
from tests.unit.notifier.channels.postmen import LETTER, RIGHT, letter, postman, tls_of
from tests.unit.notifier.channels.scripted_server import (
    AUTH,
    BANNER,
    DATA,
    DOT,
    EHLO,
    MAIL,
    QUIT,
    RCPT,
    RSET,
    STARTTLS,
    Fault,
    Script,
    ScriptedServer,
    scripted,
)

OF_THE_CHANNEL = (BANNER, EHLO, STARTTLS, AUTH)
OF_THE_MAIL = (MAIL, RCPT, DATA, DOT)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority of the test."""
    return Authority(tmp_path / "ca")


async def once(script: Script, authority: Authority, *, timeout_s: float = 5.0) -> tuple[Delivery, ScriptedServer]:
    """Return how a mail fares with a server that wants STARTTLS and a login, and then says what the script says."""
    server = ScriptedServer(script, extensions=("AUTH PLAIN", "SMTPUTF8"), tls=tls_of(authority))
    async with scripted(server), asyncio.timeout(20):
        carrier = postman(
            server.port, Encryption.STARTTLS, ca_file=authority.ca_file, password=RIGHT, timeout_s=timeout_s
        )
        delivery = await carrier.post(letter())
        await carrier.close()
    return delivery, server


class TestPhases:
    async def test_goes_through_all_of_them(self, authority: Authority) -> None:
        """Greeting, EHLO, STARTTLS, EHLO again, login, the mail, and goodbye."""
        delivery, server = await once({}, authority)

        assert isinstance(delivery, Sent)
        assert [BANNER, EHLO, STARTTLS, EHLO, AUTH, *OF_THE_MAIL, QUIT] == server.said

    @pytest.mark.parametrize("phase", OF_THE_CHANNEL)
    @pytest.mark.parametrize("fault", [*Fault, "421 closing", "451 later", "554 no"])
    async def test_puts_all_off_before_the_mail_is_spoken_of(
        self, authority: Authority, phase: str, fault: str | Fault
    ) -> None:
        """Nothing that happens there is a word on the mail."""
        delivery, server = await once({phase: [fault] * 3}, authority, timeout_s=0.4)

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert not server.received

    @pytest.mark.parametrize("phase", OF_THE_MAIL)
    @pytest.mark.parametrize("fault", [*Fault, "451 later", "452 full", "250-", "199 odd", "677 odd"])
    async def test_puts_the_mail_off_while_it_is_spoken_of(
        self, authority: Authority, phase: str, fault: str | Fault
    ) -> None:
        """What is no refusal for good is tried again, and others may pass."""
        delivery, server = await once({phase: [fault]}, authority, timeout_s=0.4)

        assert isinstance(delivery, Retry)
        assert not delivery.whole
        assert not server.accepted

    @pytest.mark.parametrize("phase", OF_THE_MAIL)
    async def test_gives_up_what_is_refused_for_good(self, authority: Authority, phase: str) -> None:
        """550 is final, and the connection is still good."""
        delivery, server = await once({phase: ["550 no such user"]}, authority)

        assert Permanent("550 no such user") == delivery
        assert 1 == server.connections
        assert QUIT == server.said[-1]

    @pytest.mark.parametrize("phase", OF_THE_MAIL)
    async def test_knows_a_closing_server(self, authority: Authority, phase: str) -> None:
        """421 concerns all mails, at each phase."""
        delivery, _ = await once({phase: ["421 closing"]}, authority)

        assert Retry("421 closing", whole=True) == delivery

    @pytest.mark.parametrize("reply", ["530 5.7.0 log in first", "535 5.7.8 no", "538 encrypt first"])
    async def test_takes_a_missing_login_for_no_word_on_the_letter(self, authority: Authority, reply: str) -> None:
        """What the operator can mend must cost no alert."""
        delivery, _ = await once({MAIL: [reply]}, authority)

        assert Retry(reply, whole=True) == delivery

    @pytest.mark.parametrize("fault", [*Fault, "421 closing", "500 what"])
    async def test_does_not_mind_how_the_server_says_goodbye(self, authority: Authority, fault: str | Fault) -> None:
        """The mail is the server's by then."""
        delivery, server = await once({QUIT: [fault]}, authority, timeout_s=0.4)

        assert isinstance(delivery, Sent)
        assert 1 == len(server.accepted)

    async def test_gives_up_on_a_reply_without_an_end(self, authority: Authority) -> None:
        """A reply of many lines is read to a limit, and the mail goes again later."""
        delivery, _ = await once({RCPT: [Fault.ENDLESS]}, authority)

        assert isinstance(delivery, Retry)
        assert "too long" in delivery.detail


class TestTime:
    @pytest.mark.parametrize(
        ("phase", "whole"), [(BANNER, True), (EHLO, True), (MAIL, False), (RCPT, False), (DOT, False)]
    )
    async def test_is_limited_in_all(self, monkeypatch: pytest.MonkeyPatch, phase: str, whole: bool) -> None:
        """However long each reply may take, a mail takes no longer than a rebalance can wait."""
        async with scripted(ScriptedServer({phase: [Fault.HANG]})) as server:
            carrier = postman(server.port)
            with monkeypatch.context() as shorter:
                shorter.setattr(Timeouts, "whole_s", 0.5)
                first = await carrier.post(letter())
            second = await carrier.post(letter())
            await carrier.close()

        assert Retry("it took more than 0.5 s in all", whole=whole) == first
        assert isinstance(second, Sent)

    async def test_is_limited_for_a_connection_that_was_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nor does it help to hang where the connection is tried."""
        async with scripted(ScriptedServer({RSET: [Fault.HANG]})) as server:
            carrier = postman(server.port)
            await carrier.post(letter())
            monkeypatch.setattr(Timeouts, "whole_s", 0.2)
            delivery = await carrier.post(letter())
            await carrier.close()

        assert Retry("it took more than 0.2 s in all", whole=True) == delivery

    @pytest.mark.parametrize("encryption", [Encryption.IMPLICIT, Encryption.STARTTLS])
    async def test_is_limited_for_the_handshake(self, authority: Authority, encryption: Encryption) -> None:
        """A server that goes silent where encryption should begin is down."""
        silent = ScriptedServer({BANNER: [Fault.HANG]} if encryption is Encryption.IMPLICIT else {})
        silent.extensions, silent.is_mute_for_tls = ("STARTTLS",), True
        async with scripted(silent), asyncio.timeout(10):
            carrier = postman(silent.port, encryption, ca_file=authority.ca_file, timeout_s=0.3)
            delivery = await carrier.post(letter())

        assert isinstance(delivery, Retry)
        assert delivery.whole


class TestNonsense:
    @pytest.mark.parametrize("receiver", ["a\r\nRCPT TO:<b@example.net>", "a\x00@example.net"])
    async def test_of_ours_is_never_said(self, receiver: str) -> None:
        """An address that would say more than an address is not sent, and ends nothing but its own mail."""
        async with scripted(ScriptedServer()) as server:
            carrier = postman(server.port)
            delivery = await carrier.post(replace(letter(), receiver=receiver))
            assert isinstance(await carrier.post(letter()), Sent)
            await carrier.close()

        assert isinstance(delivery, Permanent)
        assert 1 == len(server.accepted)

    @pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example.net", "-"])
    async def test_of_a_name_is_a_server_that_is_not_there(self, host: str) -> None:
        """A host that cannot be one puts all mails off."""
        carrier = Postman(SmtpTarget(Encryption.NONE, host, 25), helo="notifier.example.net")

        delivery = await carrier.post(letter())

        assert isinstance(delivery, Retry)
        assert delivery.whole


class TestGreylisting:
    async def test_comes_again(self) -> None:
        """451 on the first sight and 250 on the second: the same mail, on the same connection."""
        server = ScriptedServer({RCPT: ["451 4.7.1 greylisted, come again"]})
        async with scripted(server):
            carrier = postman(server.port)
            first, second = await carrier.post(letter()), await carrier.post(letter())
            await carrier.close()

        assert Retry("451 4.7.1 greylisted, come again") == first
        assert isinstance(second, Sent)
        assert 1 == server.connections
        assert [MAIL, RCPT, RSET, MAIL, RCPT, DATA, DOT] == server.said[2:-1]


class TestSize:
    async def test_sends_nothing_that_is_larger_than_the_server_takes(self) -> None:
        """The server's own limit is a refusal for good."""
        server = ScriptedServer(extensions=("SIZE 100",))
        async with scripted(server):
            carrier = postman(server.port)
            large, small = await carrier.post(letter(LETTER + b"x" * 100 + b"\r\n")), await carrier.post(letter())
            await carrier.close()

        assert Permanent(f"the mail has {len(LETTER) + 102} bytes, the server takes 100 at most") == large
        assert isinstance(small, Sent)
        assert 1 == server.count(MAIL)

    @pytest.mark.parametrize("offer", ["SIZE", "SIZE 0", "SIZE many", "SIZE -5", "SIZE ٣", "SIZE " + "9" * 5000])
    async def test_reads_no_limit_into_nonsense(self, offer: str) -> None:
        """No number, and zero, are no limit (RFC 1870, clause 4)."""
        server = ScriptedServer(extensions=(offer,))
        async with scripted(server):
            carrier = postman(server.port)
            delivery = await carrier.post(letter())
            await carrier.close()

        assert isinstance(delivery, Sent)

    @pytest.mark.parametrize("phase", [MAIL, DOT])
    @pytest.mark.parametrize(("reply", "expected"), [("552 too big", Permanent), ("452 no room", Retry)])
    async def test_believes_the_reply_of_a_server_that_lied(
        self, phase: str, reply: str, expected: type[Delivery]
    ) -> None:
        """552 is final and 452 is not, whatever SIZE said."""
        server = ScriptedServer({phase: [reply]}, extensions=("SIZE 100000000",))
        async with scripted(server):
            carrier = postman(server.port)
            delivery = await carrier.post(letter())
            await carrier.close()

        assert expected(reply) == delivery


class TestCertificates:
    async def _told(self, tls: ssl.SSLContext, authority: Authority, encryption: Encryption) -> Delivery:
        implicit = encryption is Encryption.IMPLICIT
        server = ScriptedServer(tls=None if implicit else tls)
        async with scripted(server, implicit=tls if implicit else None):
            carrier = postman(server.port, encryption, ca_file=authority.ca_file)
            delivery = await carrier.post(letter())
            await carrier.close()
        assert not server.received
        return delivery

    @pytest.mark.parametrize("encryption", [Encryption.IMPLICIT, Encryption.STARTTLS])
    async def test_refuses_another_name(self, authority: Authority, encryption: Encryption) -> None:
        """The name in the certificate must be the server's."""
        delivery = await self._told(tls_of(authority, "mail.example.net"), authority, encryption)

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert "certificate" in delivery.detail

    @pytest.mark.parametrize("encryption", [Encryption.IMPLICIT, Encryption.STARTTLS])
    async def test_refuses_what_has_expired(self, tmp_path: Path, encryption: Encryption) -> None:
        """Yesterday's certificate is none."""
        old = Authority(tmp_path / "old", now=datetime.now(UTC) - LIFETIME - timedelta(hours=1))
        delivery = await self._told(tls_of(old), old, encryption)

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert "expired" in delivery.detail

    async def test_gives_no_mail_to_a_server_that_has_lost_its_encryption(self, authority: Authority) -> None:
        """One who sits between can strike STARTTLS out of the offer: then nothing is sent, and no password."""
        server = ScriptedServer(extensions=("AUTH PLAIN",))
        async with scripted(server):
            carrier = postman(server.port, Encryption.STARTTLS, ca_file=authority.ca_file, password=RIGHT)
            delivery = await carrier.post(letter())

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert [BANNER, EHLO] == server.said

    async def test_forgets_what_was_said_before_the_encryption(self, authority: Authority) -> None:
        """Words that somebody slipped in after the reply to STARTTLS are not taken for the server's (RFC 3207, 4.2)."""
        slipped_in = "220 go ahead\r\n250-evil.test\r\n250-AUTH XOAUTH2\r\n250 SIZE 1"
        delivery, server = await once({STARTTLS: [slipped_in]}, authority)

        assert isinstance(delivery, Sent)
        assert ["PLAIN"] == server.logins


REPLIES = st.one_of(
    st.sampled_from([Fault.DROP, Fault.GARBAGE]),
    st.sampled_from([200, 220, 235, 250, 251, 354, 421, 450, 451, 452, 500, 502, 503, 550, 552, 554]).map(
        lambda code: f"{code} said"
    ),
)
SCRIPTS = st.dictionaries(
    st.sampled_from([BANNER, EHLO, *OF_THE_MAIL, RSET]), st.lists(REPLIES, max_size=3), max_size=4
)


class TestAnyScript:
    @given(script=SCRIPTS, count=st.integers(1, 3))
    @settings(max_examples=120, deadline=None)
    def test_loses_nothing_and_repeats_no_refusal(self, script: Mapping[str, list[str | Fault]], count: int) -> None:
        """A mail is given up only for a 5xx to itself, sent only if it was accepted, and put off otherwise."""
        asyncio.run(self._check({phase: list(replies) for phase, replies in script.items()}, count))

    async def _check(self, script: Script, count: int) -> None:
        server = ScriptedServer(script)
        async with scripted(server), asyncio.timeout(20):
            carrier = postman(server.port, timeout_s=1.0)
            for _ in range(count):
                accepted, begun = len(server.accepted), len(server.said)
                delivery = await carrier.post(letter())
                reached = server.said[begun:]
                match delivery:
                    case Sent():
                        assert accepted + 1 == len(server.accepted)
                    case Permanent(detail):
                        assert detail.startswith("5")
                        assert reached[-1] in OF_THE_MAIL
                    case Retry(detail, whole):
                        assert not detail.startswith("5") or reached[-1] not in OF_THE_MAIL
                        assert whole == (reached[-1] not in OF_THE_MAIL or detail.startswith("421"))
            await carrier.close()
