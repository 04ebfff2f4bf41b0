"""HttpClient over real sockets: what is sent, what is refused, and that nothing secret is told."""

import asyncio
import gzip
import socket
import ssl
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import web

from satark.poller.errors import BrokenAnswerError, InsecureError, OrchestratorError, TooLargeError, UnreachableError
from satark.poller.http.client import HttpClient, in_thread
from satark.poller.http.exchange import Request
from satark.simulators.vco.server import running_vco
from tests.support.certificates import Authority
from tests.support.ports import free_port
from tests.unit.poller.http.servers import ASKED, REQUEST, TOKEN, Raw, orchestrator_at, send, serving, speaking


async def empty(_request: web.Request) -> web.Response:
    """Answer with nothing in particular."""
    return web.json_response({})


def drip(head: bytes, piece: bytes) -> Raw:
    """Return a server that sends a head and then a piece at a time, without end."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)

    return answer


class TestRequest:
    async def test_what_is_sent(self) -> None:
        """A request has its verb, query, body, credential and who we are."""
        request = Request("m", "/api/x", verb="PUT", query=(("a", "ä b"), ("c", "&")), body=b"[1]", content_type="x/y")
        async with serving(empty) as server:
            await send(orchestrator_at(server.url + "/prefix"), request, Authorization=f"Token {TOKEN}")

        (got,) = server.requests
        assert (got.method, got.path, dict(got.query)) == ("PUT", "/prefix/api/x", {"a": "ä b", "c": "&"})
        assert server.bodies == [b"[1]"]
        assert (got.headers["Authorization"], got.headers["Content-Type"]) == (f"Token {TOKEN}", "x/y")
        assert (got.headers["User-Agent"], got.headers["Accept"]) == ("satark-poller/0", "application/json")
        assert "Cookie" not in got.headers

    async def test_no_body(self) -> None:
        """A request without a body has no content type."""
        async with serving(empty) as server:
            await send(orchestrator_at(server.url), Request("m", "/x", verb="GET"))

        assert "Content-Type" not in server.requests[0].headers

    async def test_cookies_are_not_kept(self) -> None:
        """Cookies that an answer sets go into no later request: who one is goes with each request."""

        async def handler(_request: web.Request) -> web.Response:
            return web.json_response({}, headers={"Set-Cookie": "other=1; Path=/"})

        async with serving(handler) as server:
            client = HttpClient(orchestrator_at(server.url), version="0")
            for headers in ({"Authorization": "Token a"}, {"Authorization": "Token a"}, {"Cookie": "session=s"}):
                await in_thread(partial(client.send, REQUEST, headers, ASKED))
            client.close()

        assert [request.headers.get("Cookie") for request in server.requests] == [None, None, "session=s"]

    async def test_netrc_is_not_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A password that lies about for the host does not replace the credential."""
        (tmp_path / ".netrc").write_text("default login ann password geheim\n")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        async with serving(empty) as server:
            await send(orchestrator_at(server.url.replace("127.0.0.1", "localhost")))

        assert "Authorization" not in server.requests[0].headers


class TestAnswer:
    async def test_redirect_is_not_followed(self) -> None:
        """A redirect comes back as it is: following it would show a login form with 200."""

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": "/login"}, text="moved")

        async with serving(handler) as server:
            answer = await send(orchestrator_at(server.url))

        assert (answer.status, answer.headers["location"], answer.body) == (302, "/login", b"moved")
        assert len(server.requests) == 1

    async def test_all_cookie_lines(self) -> None:
        """Every Set-Cookie line of an answer is seen."""

        async def handler(_request: web.Request) -> web.Response:
            response = web.json_response({})
            response.headers.add("Set-Cookie", "velocloud.session=abc; Path=/; Secure")
            response.headers.add("Set-Cookie", "velocloud.message=; Path=/")
            return response

        async with serving(handler) as server:
            answer = await send(orchestrator_at(server.url))

        assert answer.cookies == ("velocloud.session=abc; Path=/; Secure", "velocloud.message=; Path=/")

    @pytest.mark.parametrize("chunked", [False, True])
    @pytest.mark.parametrize("compressed", [False, True])
    async def test_large(self, chunked: bool, compressed: bool) -> None:
        """A large answer comes whole, however it is packed."""
        content = b"".join(b"%d," % n for n in range(200_000))

        async def handler(request: web.Request) -> web.StreamResponse:
            packed = gzip.compress(content) if compressed else content
            response = web.StreamResponse(headers={"Content-Encoding": "gzip"} if compressed else {})
            if chunked:
                response.enable_chunked_encoding()
            else:
                response.content_length = len(packed)
            await response.prepare(request)
            for at in range(0, len(packed), 100_000):
                await response.write(packed[at : at + 100_000])
            return response

        async with serving(handler) as server:
            answer = await send(orchestrator_at(server.url))

        assert answer.body == content

    async def test_connection_is_kept(self) -> None:
        """Requests one after the other go over one connection."""
        peers = []

        async def handler(request: web.Request) -> web.Response:
            peers.append(request.get_extra_info("peername"))
            return web.Response(text="x" * 200_000)

        async with serving(handler) as server:
            client = HttpClient(orchestrator_at(server.url), version="0")
            for _ in range(3):
                await in_thread(lambda: client.send(REQUEST, {}, ASKED))
            client.close()

        assert len(peers) == 3
        assert len(set(peers)) == 1


class TestFailures:
    async def test_nobody_listens(self) -> None:
        """A dead orchestrator is unreachable, named, with the system's words."""
        with pytest.raises(UnreachableError, match=r"vco\.example\.net: any/method: .*refused") as caught:
            await send(orchestrator_at(f"http://127.0.0.1:{free_port()}"))

        assert caught.value.retryable

    @pytest.mark.parametrize("host", ["no-such-host.invalid", f"{'a' * 64}.example.net"])
    async def test_no_such_host(self, host: str) -> None:
        """A host without an address is unreachable."""
        with pytest.raises(UnreachableError):
            await send(orchestrator_at(f"https://{host}"))

    async def test_silence(self) -> None:
        """An answer that does not come in time is unreachable."""

        async def handler(_request: web.Request) -> web.Response:
            await asyncio.Event().wait()
            return web.Response()

        async with serving(handler) as server:
            with pytest.raises(UnreachableError, match="no answer in time"):
                await send(orchestrator_at(server.url, read_timeout_s=0.2))

    @pytest.mark.parametrize(
        ("head", "piece"),
        [
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
            (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 100000\r\n\r\n", b" "),
            (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        ],
    )
    async def test_drip(self, head: bytes, piece: bytes) -> None:
        """An answer that comes byte by byte does not last for ever, whatever it says of its length."""
        begun = monotonic()
        async with speaking(drip(head, piece)) as url:
            with pytest.raises(UnreachableError, match="did not end within"):
                await send(orchestrator_at(url, read_timeout_s=0.3))

        assert monotonic() - begun < 5

    @pytest.mark.parametrize(
        "answer",
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"", b"SSH-2.0-OpenSSH\r\n\r\n"],
    )
    async def test_cut_off(self, answer: bytes) -> None:
        """A connection that is cut, or speaks something else, is unreachable."""

        async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(answer)
            await writer.drain()

        async with speaking(cut) as url:
            with pytest.raises(UnreachableError):
                await send(orchestrator_at(url))

    @pytest.mark.parametrize("status", [200, 302])
    async def test_too_large(self, status: int) -> None:
        """An answer over the limit is not read to its end, unpacked size counting."""
        packed = gzip.compress(b" " * 10_000_000)

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(status=status, body=packed, headers={"Content-Encoding": "gzip", "Location": "/x"})

        async with serving(handler) as server:
            with pytest.raises(TooLargeError, match="larger than 100000 bytes") as caught:
                await send(orchestrator_at(server.url, max_response_bytes=100_000))

        assert not caught.value.retryable

    @pytest.mark.parametrize(
        "body", [b"no gzip", gzip.compress(b"abc" * 1_000, mtime=0)[:-20] + b"12345678901234567890"]
    )
    async def test_bad_compression(self, body: bytes) -> None:
        """A body that cannot be unpacked is a broken answer."""

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(body=body, headers={"Content-Encoding": "gzip"})

        async with serving(handler) as server:
            with pytest.raises(BrokenAnswerError):
                await send(orchestrator_at(server.url))

    async def test_proxy_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy's password is not told when the proxy is dead."""
        monkeypatch.setenv("HTTPS_PROXY", f"http://ann:geheim@127.0.0.1:{free_port()}")
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(UnreachableError) as caught:
            await send(orchestrator_at("https://vco.example.net"))

        assert "geheim" not in repr(caught.value)
        assert caught.value.__cause__ is None


class TestTls:
    async def test_trusted(self, tmp_path: Path) -> None:
        """With its CA file a private certificate is trusted; without, it is the operator's mistake, not retried."""
        authority = Authority(tmp_path)
        context = tls_context(authority)
        async with running_vco(tls=context) as vco:
            answer = await send(orchestrator_at(vco.url, ca_file=authority.ca_file))
            with pytest.raises(InsecureError, match="not trusted") as caught:
                await send(orchestrator_at(vco.url))

        assert answer.status == 200
        assert not caught.value.retryable

    async def test_another_name(self, tmp_path: Path) -> None:
        """A certificate of another host is not trusted."""
        authority = Authority(tmp_path)
        async with running_vco(tls=tls_context(authority, "vco.example.net")) as vco:
            with pytest.raises(InsecureError):
                await send(orchestrator_at(vco.url, ca_file=authority.ca_file))

    async def test_ca_file_has_gone(self, tmp_path: Path) -> None:
        """A CA file that was removed while the poller runs is no crash."""
        with pytest.raises(OrchestratorError):
            await send(orchestrator_at("https://127.0.0.1:9", ca_file=tmp_path / "gone.pem"))

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
                await send(orchestrator_at(url))
            await waiting


def tls_context(authority: Authority, *hosts: str) -> ssl.SSLContext:
    """Return a server's context with a certificate of loopback, or of the hosts."""
    identity = authority.issue("vco", hosts=hosts) if hosts else authority.issue("vco")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.cert_file, identity.key_file)
    return context


class TestInThread:
    async def test_result_and_error(self) -> None:
        """What a call returns or raises comes back."""
        assert await in_thread(lambda: 5) == 5
        with pytest.raises(ZeroDivisionError):
            await in_thread(lambda: 1 // 0)

    async def test_cancelled(self) -> None:
        """Nobody waits for a call whose caller was cancelled."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            orchestrator = orchestrator_at(f"http://127.0.0.1:{server.getsockname()[1]}", read_timeout_s=2)
            waiting = asyncio.create_task(send(orchestrator))
            connection, _ = await asyncio.to_thread(server.accept)
            begun = monotonic()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

            assert monotonic() - begun < 1
            connection.close()
