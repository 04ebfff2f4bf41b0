"""A real SMTP server on loopback whose faults are scripted, phase by phase."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Fault(Enum):
    """What a server does instead of replying."""

    DROP = "drop the connection"
    HANG = "say nothing at all"
    WAIT = "wait for `released`, then go on"


Script = dict[str, list[str | Fault]]


@dataclass(frozen=True)
class Received:
    """A mail that the server took."""

    sender: str
    receivers: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        """The mail as any client would parse it."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """What the server listens on, what it took, and what it will do next: `script["RCPT"]` is its next replies to RCPT."""

    script: Script = field(default_factory=dict)
    port: int = 0
    received: list[Received] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Note the client's name."""
        session.host_name = hostname
        self.said.append(f"EHLO {hostname}")
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the sender, or do what the script says."""
        reply = await self._next("MAIL", server)
        if reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the receiver, or do what the script says."""
        reply = await self._next(f"RCPT {address}" if f"RCPT {address}" in self.script else "RCPT", server)
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take the mail, or do what the script says; a mail whose reply is lost was taken all the same."""
        lost = self.script.get("DATA", [])[:1] in ([Fault.DROP], [Fault.HANG])
        if lost:
            self._keep(server, session, envelope)
        reply = await self._next("DATA", server)
        if reply.startswith("2") and not lost:
            self._keep(server, session, envelope)
        return reply

    def authenticate(
        self, _server: Any, session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Let in who knows the word."""
        session.user = data.login.decode()
        return AuthResult(success=data.password == b"open sesame", handled=False)

    def _keep(self, server: Any, session: Any, envelope: Any) -> None:
        user = getattr(session, "user", None)
        content = envelope.original_content or b""
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        self.received.append(Received(envelope.mail_from, tuple(envelope.rcpt_tos), content, encrypted, user))

    async def _next(self, phase: str, server: Any) -> str:
        self.said.append(phase)
        replies = self.script.get(phase)
        reply = replies.pop(0) if replies else "250 OK"
        if reply is Fault.DROP:
            server.transport.abort()
            return "421 gone"
        if isinstance(reply, Fault):
            await self.released.wait()
            return "250 OK" if reply is Fault.WAIT else "421 too late"
        return reply


@asynccontextmanager
async def running(
    server: MailServer,
    *,
    implicit: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: bool = False,
    port: int = 0,
) -> AsyncIterator[MailServer]:
    """Listen on a free port of loopback, or on the given one."""
    options: dict[str, Any] = {"enable_SMTPUTF8": True, "hostname": "mail.test", "loop": asyncio.get_running_loop()}
    if starttls is not None:
        options |= {"tls_context": starttls, "require_starttls": True}
    if login:
        options |= {
            "authenticator": server.authenticate,
            "auth_required": True,
            "auth_require_tls": starttls is not None,
        }
    connections: list[SMTP] = []

    def connected() -> SMTP:
        connections.append(SMTP(server, **options))
        return connections[-1]

    async with _listening(connected, implicit, port) as server.port:
        try:
            yield server
        finally:
            server.released.set()
            await _hang_up(connections)


@asynccontextmanager
async def babbling(*lines: str) -> AsyncIterator[int]:
    """Run a server that says one line at each turn, then hangs up; without any it waits. Yields its port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turns = deque(lines)
        try:
            if not turns:
                await reader.read()
            while turns:
                writer.write(turns.popleft().encode() + b"\r\n")
                await writer.drain()
                if turns and not await reader.readline():
                    break
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def server_context(cert_file: Any, key_file: Any) -> ssl.SSLContext:
    """Return a server's TLS context."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert_file, key_file)
    return context


@asynccontextmanager
async def _listening(connected: Callable[[], SMTP], implicit: ssl.SSLContext | None, port: int) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(connected, "127.0.0.1", port, ssl=implicit)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await listener.wait_closed()


async def _hang_up(connections: list[SMTP]) -> None:
    tasks = []
    for connection in connections:
        transport: Any = connection.transport
        if transport is not None:
            transport.abort()
        task = getattr(connection, "_handler_coroutine", None)
        if task is not None:
            task.cancel()
            tasks.append(task)
    await asyncio.gather(*tasks, return_exceptions=True)
