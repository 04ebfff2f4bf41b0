"""The SMTP server: aiosmtpd's protocol with our hooks. It accepts everything, unless its script says otherwise."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from weakref import WeakSet

import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from satark.simulators.mail.mailbox import Mailbox
from satark.simulators.mail.options import SmtpOptions
from satark.simulators.mail.replies import ReplyScript, Stage

log = structlog.get_logger(__name__)

MAX_CONNECTIONS = 100
MAX_RECIPIENTS = 100
OK = "250 OK"


class Catcher:
    """aiosmtpd's hooks. Every hook returns the reply."""

    def __init__(
        self, mailbox: Mailbox, script: ReplyScript, options: SmtpOptions, real_now: Callable[[], datetime]
    ) -> None:
        self._mailbox = mailbox
        self._script = script
        self._options = options
        self._real_now = real_now

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greet."""
        session.host_name = hostname
        refusal = await self._scripted(server, "ehlo")
        return responses if refusal is None else [refusal]

    async def handle_HELO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str
    ) -> str:
        """Greet a client of the old kind, or one that takes a refused EHLO for that."""
        session.host_name = hostname
        return await self._scripted(server, "ehlo") or f"250 {server.hostname}"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender."""
        if self._options.username is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        refusal = await self._scripted(server, "mail")
        if refusal is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refusal or OK

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        refusal = await self._scripted(server, "rcpt", address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return refusal or OK

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail."""
        refusal = await self._scripted(server, "data")
        if refusal is not None:
            return refusal
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            summary = await self._mailbox.add(
                content, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, now=self._real_now()
            )
        except OSError as error:
            log.error("mail_not_kept", error=error.strerror)
            return "452 4.3.1 Insufficient system storage"
        log.info("mail_caught", id=summary.id, subject=summary.subject, to=list(summary.recipients))
        return await self._scripted(server, "stored") or f"250 2.0.0 kept as {summary.id}"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        """Judge a login: PLAIN and LOGIN give a LoginPassword."""
        username, password = self._options.username, self._options.password
        if username is None or password is None:
            return AuthResult(success=True)
        given = (data.login, data.password) if isinstance(data, LoginPassword) else (b"", b"")
        return AuthResult(success=given == (username.encode(), password.reveal().encode()), handled=False)

    async def _scripted(self, server: SMTP, stage: Stage, recipient: str | None = None) -> str | None:
        """Do what the script says; return its reply, or None to go on."""
        rule = self._script.take(stage, recipient)
        if rule is None:
            return None
        if rule.delay_s:
            await asyncio.sleep(rule.delay_s)
        if rule.drop:
            if isinstance(server.transport, asyncio.WriteTransport):
                server.transport.abort()
            return "421 4.4.2 connection dropped"
        return rule.reply


class Busy(asyncio.Protocol):
    """The answer to one connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse."""
        if isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 Too many connections\r\n")
            transport.close()


@asynccontextmanager
async def serving_smtp(
    catcher: Catcher, options: SmtpOptions, *, host: str, port: int, tls: ssl.SSLContext | None
) -> AsyncIterator[int]:
    """Serve while the context lasts; yields the bound port.

    Raises OSError when the address cannot be bound, ValueError for a TLS mode without a certificate.
    """
    if (options.mode == "plain") is not (tls is None):
        raise ValueError(f"mode {options.mode} {'has no use for' if tls else 'needs'} a certificate")
    loop = asyncio.get_running_loop()
    connections: WeakSet[SMTP] = WeakSet()

    def accept() -> asyncio.BaseProtocol:
        if sum(one.transport is not None for one in connections) >= MAX_CONNECTIONS:
            return Busy()
        connection = SMTP(
            catcher,
            data_size_limit=options.max_bytes,
            enable_SMTPUTF8=True,
            hostname="mail-catcher.invalid",
            ident="Satark mail catcher",
            tls_context=tls if options.mode == "starttls" else None,
            require_starttls=options.mode == "starttls",
            timeout=options.idle_timeout_s,
            auth_require_tls=options.mode == "starttls",
            authenticator=catcher.authenticate,
            loop=loop,
        )
        connections.add(connection)
        return connection

    server = await loop.create_server(accept, host, port, ssl=tls if options.mode == "implicit" else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in list(connections):
            if isinstance(connection.transport, asyncio.WriteTransport):
                connection.transport.abort()
        await server.wait_closed()
