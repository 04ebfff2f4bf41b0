import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from satark.analytics.web import server as module
from satark.analytics.web.server import Patience, TlsFiles, WebListenError, WebServer
from tests.support.certificates import Authority
from tests.unit.analytics.web.asking import route, served


@asynccontextmanager
async def running(server: WebServer) -> AsyncIterator[asyncio.Event]:
    """Yield the event that stops a server that runs."""
    stop = asyncio.Event()
    async with server:
        run = asyncio.create_task(server.run(stop))
        try:
            yield stop
        finally:
            stop.set()
            await run


def on_loopback(**options: object) -> WebServer:
    """Return a server of one route on a port that the system chooses."""
    return WebServer(served(route()), host="127.0.0.1", port=0, **options)  # type: ignore[arg-type]


class TestWebServer:
    async def test_serves_on_the_port_that_it_tells(self) -> None:
        """A server on port 0 tells its port, and answers there."""
        server = on_loopback()

        async with running(server), httpx2.AsyncClient() as client:
            response = await client.get(f"{server.url}/v1/things")

        assert response.status_code == 200
        assert "server" not in response.headers

    async def test_a_port_that_is_taken(self) -> None:
        """An address that cannot be had is named."""
        async with on_loopback() as first:
            second = WebServer(served(route()), host="127.0.0.1", port=first.port)

            with pytest.raises(WebListenError, match=f"cannot listen on 127.0.0.1:{first.port}"):
                await second.__aenter__()

    async def test_what_is_asked_before_the_stop_is_answered(self) -> None:
        """A request that is being answered when the server stops gets its answer."""
        asked, go_on = asyncio.Event(), asyncio.Event()

        async def slow(_request: Request) -> Response:
            asked.set()
            await go_on.wait()
            return PlainTextResponse("done")

        server = WebServer(served(route(handler=slow)), host="127.0.0.1", port=0)
        async with running(server) as stop, httpx2.AsyncClient() as client:
            asking = asyncio.create_task(client.get(f"{server.url}/v1/things"))
            await asked.wait()
            stop.set()
            go_on.set()
            response = await asking

        assert response.text == "done"

    async def test_a_stop_waits_so_long_and_no_longer(self) -> None:
        """An answer that does not end is cut when the server has waited long enough."""
        asked = asyncio.Event()

        async def forever(_request: Request) -> Response:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        app = served(route(handler=forever))
        server = WebServer(app, host="127.0.0.1", port=0, patience=Patience(stop_s=1))
        async with httpx2.AsyncClient() as client:
            async with running(server):
                asking = asyncio.create_task(client.get(f"{server.url}/v1/things"))
                await asked.wait()
            response = await asking

        assert (response.status_code, response.json()["code"]) == (503, "stopping")


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        """Return an authority that nobody else knows."""
        return Authority(tmp_path / "pki")

    async def test_https_works_and_http_is_refused(self, authority: Authority) -> None:
        """With a certificate the port speaks TLS, to who trusts it, and nothing else."""
        files = authority.issue("server")
        server = on_loopback(tls=TlsFiles(files.cert_file, files.key_file))
        context = ssl.create_default_context(cafile=str(authority.ca_file))

        async with running(server):
            async with httpx2.AsyncClient(verify=context) as client:
                response = await client.get(f"{server.url}/v1/things")
            async with httpx2.AsyncClient() as plain:
                with pytest.raises(httpx2.TransportError):
                    await plain.get(f"http://127.0.0.1:{server.port}/v1/things")

        assert response.status_code == 200
        assert server.url.startswith("https://")

    async def test_old_versions_are_refused(self, authority: Authority) -> None:
        """TLS before 1.2 is not spoken."""
        files = authority.issue("server")

        context = TlsFiles(files.cert_file, files.key_file).context()

        assert context.minimum_version is ssl.TLSVersion.TLSv1_2

    async def test_files_that_do_not_serve(self, authority: Authority) -> None:
        """A key of another certificate is found when the server opens."""
        mine, other = authority.issue("mine"), authority.issue("other")
        server = on_loopback(tls=TlsFiles(mine.cert_file, other.key_file))

        with pytest.raises(OSError, match=r"(?i)key values mismatch"):
            await server.__aenter__()


class TestBadPeers:
    async def test_a_head_that_does_not_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A connection that takes too long for a request's head is closed, whether it says a little or nothing."""
        monkeypatch.setattr(module, "HEAD_WAIT_S", 0.05)
        server = on_loopback()

        async with running(server):
            for said in (b"", b"GET /v1/things HTTP/1.1\r\nX-Slow: "):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(said)
                assert await asyncio.wait_for(reader.read(), 10) == b""
                writer.close()

    async def test_a_second_head_that_does_not_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The time counts for each request of a connection."""
        monkeypatch.setattr(module, "HEAD_WAIT_S", 0.05)
        server = on_loopback()

        async with running(server):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"GET /v1/things HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await reader.readuntil(b"}}")
            writer.write(b"GET /v1/")

            assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()

    @pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such limit")
    async def test_a_reader_that_does_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who asks for much and reads nothing is cut off, and the answer ends."""
        monkeypatch.setattr(module, "READ_WAIT_S", 0.5)
        ended = asyncio.Event()

        async def much(_request: Request) -> Response:
            async def pieces() -> AsyncIterator[bytes]:
                try:
                    while True:
                        yield b"x" * 1_000_000
                        await asyncio.sleep(0)
                finally:
                    ended.set()

            return StreamingResponse(pieces())

        server = WebServer(served(route(handler=much)), host="127.0.0.1", port=0)
        async with running(server):
            with socket.create_connection(("127.0.0.1", server.port)) as idle:
                idle.sendall(b"GET /v1/things HTTP/1.1\r\nHost: localhost\r\n\r\n")
                await asyncio.wait_for(ended.wait(), 30)

    @pytest.mark.parametrize(
        "said",
        [
            b"nonsense\r\n\r\n",
            b"GET /v1/things HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: gzip\r\n\r\n",
        ],
    )
    async def test_what_is_no_request(self, said: bytes) -> None:
        """What is no HTTP, or too much of it, is a 400 or worse, and the connection ends."""
        server = on_loopback()

        async with running(server):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(said)
            status = await reader.readline()
            assert status.split()[1] in {b"400", b"501"}
            await reader.read()
            writer.close()

    async def test_so_many_at_once(self) -> None:
        """More connections than allowed are told to come later."""
        server = on_loopback(patience=Patience(connections=2))

        async with running(server), httpx2.AsyncClient() as client:
            idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
            response = await client.get(f"{server.url}/v1/things")
            for _, writer in idle:
                writer.close()

        assert response.status_code == 503
