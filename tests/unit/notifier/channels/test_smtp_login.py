from pathlib import Path

import pytest

from satark.notifier.channels.delivery import Delivery, Retry, Sent
from satark.notifier.channels.smtp_login import Login
from satark.notifier.channels.smtp_mechanism import LoginError, Mechanism, mechanisms
from satark.notifier.channels.smtp_target import Encryption
from satark.runtime.settings import Secret
from tests.support.certificates import Authority
from tests.unit.notifier.channels.postmen import RIGHT, letter, postman, tls_of
from tests.unit.notifier.channels.scripted_server import AUTH, MAIL, WORD, ScriptedServer, scripted

NAMED = [Mechanism.PLAIN, Mechanism.LOGIN, Mechanism.CRAM_MD5, Mechanism.XOAUTH2]
ALL = tuple(each.value for each in NAMED)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority of the test."""
    return Authority(tmp_path / "ca")


async def told(
    authority: Authority, offer: str, mechanism: Mechanism = Mechanism.AUTO, *, password: Secret = RIGHT, **more: object
) -> tuple[Delivery, ScriptedServer]:
    """Return how a mail fares with a server that offers the mechanisms under TLS."""
    server = ScriptedServer(extensions=(f"AUTH {offer}",), tls=tls_of(authority), **more)  # type: ignore[arg-type]
    async with scripted(server):
        carrier = postman(
            server.port, Encryption.STARTTLS, ca_file=authority.ca_file, password=password, mechanism=mechanism
        )
        delivery = await carrier.post(letter())
        await carrier.close()
    return delivery, server


class TestMechanisms:
    @pytest.mark.parametrize("mechanism", NAMED)
    async def test_logs_in_with_each(self, authority: Authority, mechanism: Mechanism) -> None:
        """The server lets in who knows the word, however it is said."""
        delivery, server = await told(authority, "PLAIN LOGIN CRAM-MD5 XOAUTH2", mechanism)

        assert isinstance(delivery, Sent)
        assert [mechanism.value.upper()] == server.logins

    @pytest.mark.parametrize("mechanism", NAMED)
    async def test_is_turned_away_with_the_wrong_word(self, authority: Authority, mechanism: Mechanism) -> None:
        """A refused login concerns all mails, and is tried but once: accounts are locked for less."""
        delivery, server = await told(authority, " ".join(ALL).upper(), mechanism, password=Secret("sesame street"))

        assert Retry("535 who are you", whole=True) == delivery
        assert 1 == len(server.logins)
        assert not server.count(MAIL)

    async def test_tries_another_where_the_server_does_not_know_its_own(self, authority: Authority) -> None:
        """504 speaks of the mechanism, not of the password."""
        delivery, server = await told(authority, "PLAIN LOGIN", script={AUTH: ["504 not this one"]})

        assert isinstance(delivery, Sent)
        assert ["PLAIN", "LOGIN"] == server.logins

    async def test_never_sends_a_password_as_a_token(self, authority: Authority) -> None:
        """XOAUTH2 has to be asked for."""
        delivery, server = await told(authority, "XOAUTH2")

        assert Retry("no way to log in: AUTO is wanted, the server offers XOAUTH2", whole=True) == delivery
        assert not server.logins

    async def test_says_that_there_is_nothing_to_log_in_to(self, authority: Authority) -> None:
        """A server without AUTH is not the one that was meant."""
        delivery, _ = await told(authority, "")

        assert isinstance(delivery, Retry)
        assert "the server offers none" in delivery.detail


class TestTokens:
    async def test_reads_the_file_at_each_login(self, authority: Authority, tmp_path: Path) -> None:
        """A token that was renewed meanwhile is the one that counts."""
        file = tmp_path / "token"
        file.write_text("stale\n")
        secret = Secret("older still", file=file)
        server = ScriptedServer(extensions=("AUTH XOAUTH2",), tls=tls_of(authority))
        async with scripted(server):
            carrier = postman(
                server.port,
                Encryption.STARTTLS,
                ca_file=authority.ca_file,
                password=secret,
                mechanism=Mechanism.XOAUTH2,
            )
            before = await carrier.post(letter())
            file.write_text(f"{WORD}\n")
            after = await carrier.post(letter())
            await carrier.close()

        assert Retry("535 who are you", whole=True) == before
        assert isinstance(after, Sent)

    async def test_waits_for_a_file_that_is_away(self, authority: Authority, tmp_path: Path) -> None:
        """A token that cannot be read puts all mails off, and says which file it is."""
        secret = Secret(WORD, file=tmp_path / "token")
        delivery, _ = await told(authority, "XOAUTH2", Mechanism.XOAUTH2, password=secret)

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert "SMTP_PASSWORD_FILE: cannot read" in delivery.detail


class TestChoice:
    @pytest.mark.parametrize(
        ("encrypted", "expected"),
        [
            (True, (Mechanism.PLAIN, Mechanism.LOGIN, Mechanism.CRAM_MD5)),
            (False, (Mechanism.CRAM_MD5, Mechanism.PLAIN, Mechanism.LOGIN)),
        ],
    )
    def test_takes_the_simplest_that_is_safe(self, encrypted: bool, expected: tuple[Mechanism, ...]) -> None:
        """Under TLS a password may be shown; on this machine it is shown only if nothing else is offered."""
        assert expected == mechanisms(Mechanism.AUTO, ALL, encrypted=encrypted, local=True)

    def test_shows_no_password_to_the_network(self) -> None:
        """In the clear only a digest leaves this machine."""
        assert (Mechanism.CRAM_MD5,) == mechanisms(Mechanism.AUTO, ALL, encrypted=False, local=False)

    @pytest.mark.parametrize("mechanism", [Mechanism.PLAIN, Mechanism.LOGIN, Mechanism.XOAUTH2])
    def test_refuses_to_be_told_to(self, mechanism: Mechanism) -> None:
        """Not even if it is wanted."""
        with pytest.raises(LoginError, match="needs an encrypted connection"):
            mechanisms(mechanism, ALL, encrypted=False, local=False)

    def test_names_what_is_missing(self) -> None:
        """The operator is told what the server has."""
        with pytest.raises(LoginError, match="CRAM-MD5 is wanted, the server offers LOGIN, PLAIN"):
            mechanisms(Mechanism.CRAM_MD5, ["plain", "login"], encrypted=True, local=False)


class TestMasked:
    @pytest.mark.parametrize(
        "said",
        ["open sesame", "b3BlbiBzZXNhbWU=", "AHNhdGFyawBvcGVuIHNlc2FtZQ==", "\0satark\0open sesame"],
    )
    def test_hides_the_password_in_all_its_forms(self, said: str) -> None:
        """A server that repeats what it was sent gets nothing into a log."""
        assert "535 *** is wrong" == Login("satark", RIGHT).masked(f"535 {said} is wrong")
