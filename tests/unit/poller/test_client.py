"""HttpClient over real sockets: what is sent, what is refused, and that nothing secret is told."""

import asyncio
import gzip
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import web

from satark.poller.answers import Answer, Asked
from satark.poller.client import Credential, HttpClient, in_thread, secrets_of, token_of
from satark.poller.errors import BrokenAnswerError, InsecureError, TooLargeError, UnreachableError
from satark.poller.settings import PollerSettings
from satark.runtime.settings import Secret
from satark.simulators.vco.server import running_vco
from tests.support.certificates import Authority
from tests.support.ports import free_port
from tests.unit.poller.doubles import TOKEN, scripted_vco, settings_for, with_login

ASKED = Asked("vco.example.net", "any/method", (TOKEN,))


async def post(settings: PollerSettings, credential: Credential | None = None) -> Answer:
    """Post once with a new client."""
    client = HttpClient(settings, version="0")
    try:
        return await in_thread(
            lambda: client.post("/portal/", b'{"method":"m","params":{}}', credential or Credential(), ASKED)
        )
    finally:
        client.close()


class TestRequest:
    @pytest.mark.parametrize("text", [TOKEN, f"Token {TOKEN}", f"token Token {TOKEN}"])
    async def test_exactly_one_prefix(self, text: str) -> None:
        """Whatever form the token was pasted in, it is sent with exactly one `Token `."""
        async with scripted_vco(lambda *_: {}) as vco:
            settings = settings_for(vco.url, vco_token=Secret(text))
            await post(settings, Credential(token=token_of(settings)))

            assert vco.headers[0]["Authorization"] == f"Token {TOKEN}"
            assert "Cookie" not in vco.headers[0]

    async def test_session(self) -> None:
        """A session goes as a cookie, and cookies that an answer sets are not kept."""

        def reply(*_: Any) -> web.Response:
            return web.json_response({}, headers={"Set-Cookie": "other=1; Path=/"})

        async with scripted_vco(reply) as vco:
            client = HttpClient(settings_for(vco.url), version="0")
            for _ in range(2):
                await in_thread(
                    lambda: client.post("/portal/", b'{"method":"m","params":{}}', Credential(session="s"), ASKED)
                )
            client.close()

            assert [headers["Cookie"] for headers in vco.headers] == ["velocloud.session=s"] * 2
            assert vco.headers[0]["User-Agent"] == "satark-poller/0"

    async def test_redirect_is_not_followed(self) -> None:
        """A redirect comes back as it is: following it would show a login form with 200."""
        async with scripted_vco(lambda *_: web.Response(status=302, headers={"Location": "/login"})) as vco:
            answer = await post(settings_for(vco.url))

            assert (answer.status, answer.headers["location"]) == (302, "/login")
            assert vco.calls.total() == 1

    async def test_all_cookie_lines(self) -> None:
        """Every Set-Cookie line of an answer is seen."""

        def reply(*_: Any) -> web.Response:
            response = web.json_response({})
            response.headers.add("Set-Cookie", "velocloud.session=abc; Path=/; Secure")
            response.headers.add("Set-Cookie", "velocloud.message=; Path=/")
            return response

        async with scripted_vco(reply) as vco:
            answer = await post(settings_for(vco.url))

        assert answer.cookies == ("velocloud.session=abc; Path=/; Secure", "velocloud.message=; Path=/")


class TestFailures:
    async def test_nobody_listens(self) -> None:
        """A dead orchestrator is unreachable, named, with the system's words."""
        with pytest.raises(UnreachableError, match=r"vco\.example\.net: any/method: .*refused") as caught:
            await post(settings_for(f"http://127.0.0.1:{free_port()}"))

        assert caught.value.retryable

    async def test_silence(self) -> None:
        """An answer that does not come in time is unreachable."""
        done = asyncio.Event()

        async def reply() -> web.Response:
            await done.wait()
            return web.Response()

        async with scripted_vco(lambda *_: reply()) as vco:
            with pytest.raises(UnreachableError, match="no answer in time"):
                await post(settings_for(vco.url, read_timeout_s=0.2))
            done.set()

    async def test_drip(self) -> None:
        """An answer that comes byte by byte does not last for ever."""

        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            with suppress(ConnectionError):
                while not writer.is_closing():
                    writer.write(b"1\r\n \r\n")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            writer.close()
            gone.set()

        gone = asyncio.Event()
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        begun = monotonic()
        with pytest.raises(UnreachableError, match="did not end within"):
            await post(settings_for(f"http://127.0.0.1:{port}", read_timeout_s=0.3))

        assert monotonic() - begun < 5
        server.close()
        await gone.wait()

    async def test_cut_off(self) -> None:
        """A connection that is cut in the middle of the body is unreachable."""

        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(cut, "127.0.0.1", 0)
        with pytest.raises(UnreachableError):
            await post(settings_for(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        server.close()

    async def test_too_large(self) -> None:
        """An answer over the limit is not read to its end, unpacked size counting."""
        packed = gzip.compress(b" " * 1_000_000)

        def reply(*_: Any) -> web.Response:
            return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

        async with scripted_vco(reply) as vco:
            with pytest.raises(TooLargeError, match="larger than 100000 bytes") as caught:
                await post(settings_for(vco.url, max_response_bytes=100_000))

        assert not caught.value.retryable

    async def test_bad_compression(self) -> None:
        """A body that cannot be unpacked is a broken answer."""

        def reply(*_: Any) -> web.Response:
            return web.Response(body=b"no gzip", headers={"Content-Encoding": "gzip"})

        async with scripted_vco(reply) as vco:
            with pytest.raises(BrokenAnswerError):
                await post(settings_for(vco.url))


class TestTls:
    async def test_trusted(self, tmp_path: Path) -> None:
        """With its CA file a private certificate is trusted; without, it is the operator's mistake, not retried."""
        authority = Authority(tmp_path)
        identity = authority.issue("vco")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.cert_file, identity.key_file)
        async with running_vco(tls=context) as vco:
            answer = await post(settings_for(vco.url, ca_file=authority.ca_file))
            with pytest.raises(InsecureError, match="not trusted") as caught:
                await post(settings_for(vco.url))

        assert answer.status == 200
        assert not caught.value.retryable

    async def test_no_tls_at_all(self) -> None:
        """A server that speaks no TLS is unreachable."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(5)
            url = f"https://127.0.0.1:{server.getsockname()[1]}"

            def answer_plainly() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.recv(100)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

            waiting = asyncio.create_task(asyncio.to_thread(answer_plainly))
            with pytest.raises(UnreachableError):
                await post(settings_for(url))
            await waiting


class TestInThread:
    async def test_result_and_error(self) -> None:
        """What a call returns or raises comes back."""
        assert await in_thread(lambda: 5) == 5
        with pytest.raises(ZeroDivisionError):
            await in_thread(lambda: 1 // 0)

    async def test_cancelled(self) -> None:
        """Nobody waits for a call whose caller was cancelled."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings = settings_for(f"http://127.0.0.1:{server.getsockname()[1]}", read_timeout_s=2)
            waiting = asyncio.create_task(post(settings))
            connection, _ = await asyncio.to_thread(server.accept)
            begun = monotonic()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

            assert monotonic() - begun < 1
            connection.close()


def test_secrets() -> None:
    """Token and password are what no message may hold."""
    settings = settings_for("vco.example.net", vco_token=Secret(f"Token {TOKEN}"))

    assert secrets_of(settings) == (TOKEN,)
    assert secrets_of(with_login(settings, "ann", "geheim")) == ("geheim",)
    assert TOKEN not in repr(settings)
    assert TOKEN not in repr(ASKED)
