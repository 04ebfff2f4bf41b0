import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent
from satark.notifier.channels.http import MAX_REPLY_BYTES, Poster
from satark.notifier.channels.http_request import MAX_DETAIL_CHARS, Request
from satark.runtime.secret import Secret
from tests.support.certificates import LIFETIME, Authority
from tests.support.ports import free_port
from tests.unit.notifier.channels.http_target import Fault, HttpTarget, Reply, answering
from tests.unit.notifier.channels.postmen import tls_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BODY = b'{"news": true}'


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    """A client of the test."""
    found = Poster()
    yield found
    await found.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority of the test."""
    return Authority(tmp_path / "ca")


async def told(poster: Poster, *replies: Reply | Fault, timeout_s: float = 5.0) -> tuple[Delivery, HttpTarget]:
    """Return what becomes of a request that is answered so."""
    async with answering(HttpTarget(list(replies))) as target, asyncio.timeout(20):
        delivery = await poster.post(Request(target.url, BODY, timeout_s=timeout_s), NOW)
        target.released.set()
    return delivery, target


class TestReplies:
    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    async def test_takes_2xx_for_delivered(self, poster: Poster, status: int) -> None:
        """What was sent is what arrived."""
        delivery, target = await told(poster, Reply(status, ""))

        assert isinstance(delivery, Sent)
        assert delivery.detail.startswith(str(status))
        (asked,) = target.asked
        assert (BODY, "application/json") == (asked.body, asked.headers["Content-Type"])
        assert "/services/T0000/a-secret-part?token=another-one" == asked.path

    @pytest.mark.parametrize(
        ("status", "whole"),
        [(408, False), (425, False), (429, True), (500, False), (502, True), (503, True), (504, True), (599, False)],
    )
    async def test_puts_off_what_may_pass_later(self, poster: Poster, status: int, whole: bool) -> None:
        """Of the server's troubles those are told apart that all messages share."""
        delivery, _ = await told(poster, Reply(status, "later"))

        assert isinstance(delivery, Retry)
        assert whole == delivery.whole
        assert delivery.detail.endswith("later")

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422, 304])
    async def test_gives_up_what_will_never_pass(self, poster: Poster, status: int) -> None:
        """A wrong message or address does not become right by repetition."""
        delivery, _ = await told(poster, Reply(status, "" if status == 304 else "no"))

        assert isinstance(delivery, Permanent)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_follows_no_redirection(self, poster: Poster, status: int) -> None:
        """Incidents are not carried to wherever somebody points."""
        delivery, target = await told(poster, Reply(status, "there", {"Location": "/elsewhere"}))

        assert isinstance(delivery, Permanent)
        assert 1 == len(target.asked)

    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize(
        ("value", "after_s"),
        [("120", 120.0), (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0), ("soon", 0.0)],
    )
    async def test_comes_back_when_it_is_asked_to(
        self, poster: Poster, status: int, value: str, after_s: float
    ) -> None:
        """Retry-After is in seconds or a date."""
        delivery, _ = await told(poster, Reply(status, "", {"Retry-After": value}))

        assert isinstance(delivery, Retry)
        assert after_s == delivery.after_s


class TestFaults:
    async def test_waits_no_longer_than_it_should(self, poster: Poster) -> None:
        """A server that says nothing is down."""
        delivery, _ = await told(poster, Fault.HANG, timeout_s=0.2)

        assert Retry("no answer within 0.2 s", whole=True) == delivery

    async def test_knows_a_lost_connection(self, poster: Poster) -> None:
        """A connection that drops is no refusal."""
        delivery, _ = await told(poster, Fault.DROP)

        assert isinstance(delivery, Retry)
        assert delivery.whole

    @pytest.mark.parametrize(("status", "expected"), [(200, Sent), (503, Retry), (404, Permanent)])
    @pytest.mark.parametrize("rest", ["never", "endless"])
    async def test_needs_no_more_than_the_status(
        self, monkeypatch: pytest.MonkeyPatch, poster: Poster, status: int, expected: type[Delivery], rest: str
    ) -> None:
        """What was taken was taken, even if the text about it never ends."""
        monkeypatch.setattr("satark.notifier.channels.http.REPLY_S", 0.1)
        delivery, _ = await told(poster, Reply(status, "it was", rest=rest), timeout_s=0.5)

        assert isinstance(delivery, expected)
        assert "it was" in delivery.detail
        assert len(delivery.detail) <= MAX_DETAIL_CHARS

    async def test_unpacks_nothing(self, poster: Poster) -> None:
        """A small answer cannot become a large one."""
        bomb = gzip.compress(b"0" * 1_000_000).decode("latin-1")
        delivery, _ = await told(poster, Reply(200, bomb, {"Content-Encoding": "gzip"}))

        assert isinstance(delivery, Sent)
        assert len(delivery.detail) <= MAX_DETAIL_CHARS < MAX_REPLY_BYTES

    async def test_is_not_fooled_by_nonsense(self, poster: Poster) -> None:
        """What is no HTTP is a server that is down."""

        async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.test ESMTP\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            delivery = await poster.post(Request(Secret(f"http://127.0.0.1:{port}/x"), BODY), NOW)

        assert isinstance(delivery, Retry)
        assert delivery.whole

    async def test_retries_when_nobody_listens(self, poster: Poster) -> None:
        """A refused connection, and the address is no part of what is told."""
        url = Secret(f"http://127.0.0.1:{free_port()}/services/a-secret-part")
        delivery = await poster.post(Request(url, BODY), NOW)

        assert isinstance(delivery, Retry)
        assert delivery.whole
        assert "a-secret-part" not in delivery.detail

    @pytest.mark.parametrize(
        "url", ["http://", "http://[::1/a-secret", "http://a b/secret-path", "http:///secret-path"]
    )
    async def test_tells_nothing_of_an_address_that_is_none(self, poster: Poster, url: str) -> None:
        """An impossible address delivers nothing, and is not shown."""
        delivery = await poster.post(Request(Secret(url), BODY), NOW)

        assert isinstance(delivery, Permanent | Retry)
        assert "secret" not in delivery.detail


class TestPrivacy:
    async def test_masks_what_is_echoed(self, poster: Poster) -> None:
        """A server that repeats the address, its parts or a secret gets them into no log."""
        async with answering(HttpTarget()) as target:
            url = target.url.reveal()
            said = f"{url} /services/T0000/a-secret-part a-secret-part another-one open sesame"
            target.replies.append(Reply(404, said))
            delivery = await poster.post(Request(target.url, BODY, secrets=(Secret("open sesame"),)), NOW)

        assert isinstance(delivery, Permanent)
        assert "404 Not Found: *** *** *** *** ***" == delivery.detail

    @given(
        secret=st.text(alphabet=ascii_letters + digits + "-_", min_size=6, max_size=40),
        before=st.text(max_size=40),
        after=st.text(max_size=40),
    )
    def test_masks_any_part_of_an_address(self, secret: str, before: str, after: str) -> None:
        """Whatever stands around it, a part of the path, of the query or of the login is not seen."""
        for url in (f"https://hooks.example.net/v1/{secret}/x", f"http://h?t={secret}", f"http://u:{secret}@h/"):
            assert secret not in Request(Secret(url), BODY).masked(f"{before}{secret}{after}")

    def test_masks_an_address_that_is_none(self) -> None:
        """What cannot be taken apart is masked as a whole, and so are the secrets."""
        request = Request(Secret("http://[a-secret"), BODY, password=Secret("hush"))

        assert "no *** for ***" == request.masked("no http://[a-secret for hush")

    async def test_asks_no_proxy(self, poster: Poster, monkeypatch: pytest.MonkeyPatch) -> None:
        """Variables of the environment do not decide who reads incidents."""
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("no_proxy", "")
        delivery, _ = await told(poster)

        assert isinstance(delivery, Sent)

    async def test_keeps_no_cookies(self, poster: Poster) -> None:
        """One message says nothing about the next."""
        async with answering(HttpTarget([Reply(200, "", {"Set-Cookie": "who=me"})])) as target:
            for _ in range(2):
                await poster.post(Request(target.url, BODY), NOW)

        assert ["Cookie" in asked.headers for asked in target.asked] == [False, False]

    async def test_logs_in(self, poster: Poster) -> None:
        """Name and password are for basic authentication."""
        async with answering(HttpTarget()) as target:
            await poster.post(Request(target.url, BODY, username="satark", password=Secret("open sesame")), NOW)

            with_both = target.url.reveal().replace("http://", "http://satark:hush-hush@")
            await poster.post(Request(Secret(with_both), BODY), NOW)

        assert "Basic c2F0YXJrOmh1c2gtaHVzaA==" == target.asked[1].headers["Authorization"]
        assert "Basic c2F0YXJrOm9wZW4gc2VzYW1l" == target.asked[0].headers["Authorization"]


class TestTls:
    async def test_believes_its_own_authority(self, poster: Poster, authority: Authority) -> None:
        """A private CA is given by its file."""
        async with answering(HttpTarget(), tls=tls_of(authority)) as target:
            delivery = await poster.post(Request(target.url, BODY, ca_file=authority.ca_file), NOW)

        assert isinstance(delivery, Sent)

    async def test_refuses_what_nobody_vouches_for(self, poster: Poster, authority: Authority, tmp_path: Path) -> None:
        """An unknown authority, another name, an expired certificate: nothing is sent to any of them."""
        old = Authority(tmp_path / "old", now=datetime.now(UTC) - LIFETIME - timedelta(hours=1))
        cases = [
            (tls_of(authority), None),
            (tls_of(authority, "hooks.example.net"), authority.ca_file),
            (tls_of(old), old.ca_file),
        ]
        for tls, ca_file in cases:
            async with answering(HttpTarget(), tls=tls) as target:
                delivery = await poster.post(Request(target.url, BODY, ca_file=ca_file), NOW)

            assert isinstance(delivery, Retry)
            assert delivery.whole
            assert "certificate" in delivery.detail
            assert not target.asked

    async def test_waits_for_an_authority_that_is_away(self, poster: Poster, authority: Authority) -> None:
        """A file that cannot be read is for the operator to mend."""
        request = Request(Secret("https://localhost:1/secret-path"), BODY, ca_file=authority.ca_file)
        delivery = await poster.post(replace(request, ca_file=authority.ca_file.with_name("none")), NOW)

        assert isinstance(delivery, Retry)
        assert "No such file" in delivery.detail


class TestClosing:
    async def test_can_be_used_again(self, poster: Poster) -> None:
        """Closing ends what is open, not the client."""
        async with answering(HttpTarget()) as target:
            for _ in range(2):
                assert isinstance(await poster.post(Request(target.url, BODY), NOW), Sent)
                await poster.close()
                await poster.close()
