"""The one HTTP client of the channels that speak HTTP.

It goes where the operator said and nowhere else: no redirections, no proxies of the environment, no cookies. It reads
little of what is answered, waits no longer than it was told to, and says nothing of an address that may be a secret.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import aiohttp
import structlog

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent, Unrenderable
from satark.notifier.channels.http_replies import delivery_of
from satark.notifier.channels.http_request import Request
from satark.notifier.telling import Told
from satark.runtime.tls import client_context

log = structlog.get_logger(__name__)

MAX_REPLY_BYTES = 2000
REPLY_S = 3.0
"""The status says all; the text that follows it is waited for no longer than this."""

HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}

Write = Callable[[Told, datetime], Request]


class Poster:
    """Posts JSON. Connections are closed after each request: there may be hours between two to one target."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, request: Request, now: datetime) -> Delivery:
        """Try once to post a request."""
        try:
            async with asyncio.timeout(request.timeout_s):
                reply = await self._sent(request)
        except TimeoutError:
            return Retry(f"no answer within {request.timeout_s:g} s", whole=True)
        except aiohttp.InvalidURL:
            return Permanent("the address is none that can be used")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Retry(request.masked(f"{type(error).__name__}: {error}".removesuffix(": ")), whole=True)
        said = await _text(reply)
        line = f"{reply.status} {reply.reason or ''}".strip()
        detail = request.masked(f"{line}: {said}" if said else line)
        return delivery_of(reply.status, detail, retry_after=reply.headers.get("Retry-After"), now=now)

    async def close(self) -> None:
        """Close what is open; the next request opens it again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _sent(self, request: Request) -> aiohttp.ClientResponse:
        """Return the reply, of which nothing but its head was read."""
        context = await asyncio.to_thread(_context, request)
        return await self._opened().post(
            request.url.reveal(),
            data=request.body,
            headers={**HEADERS, **request.headers, **request.authorization},
            allow_redirects=False,
            ssl=context if context is not None else True,
        )

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                headers={"User-Agent": "satark-notifier"},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


class HttpChannel:
    """A channel that posts what `write` makes of what is told."""

    def __init__(self, name: str, write: Write, poster: Poster) -> None:
        self.name = name
        self._write = write
        self._poster = poster

    async def deliver(self, told: Told, now: datetime) -> Delivery:
        """Write and try once to post a message."""
        try:
            request = await asyncio.to_thread(self._write, told, now)
        except Exception as error:
            log.exception("message_unrenderable", id=told.id, channel=self.name, receiver=told.target.name)
            return Unrenderable(f"{type(error).__name__}: {error}")
        delivery = await self._poster.post(request, now)
        return Sent(delivery.detail, request.message_id) if isinstance(delivery, Sent) else delivery

    async def close(self) -> None:
        """Close the client, which the channels share: the next message opens it again."""
        await self._poster.close()


def _context(request: Request) -> ssl.SSLContext | None:
    return client_context(request.ca_file, None, None) if request.is_encrypted else None


async def _text(reply: aiohttp.ClientResponse) -> str:
    """Return the beginning of what was said. That it does not come, or is broken, changes nothing about the status."""
    said = b""
    with suppress(TimeoutError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(REPLY_S):
            while len(said) < MAX_REPLY_BYTES and (more := await reply.content.read(MAX_REPLY_BYTES - len(said))):
                said += more
    reply.close()
    return said.decode(errors="replace").strip()
