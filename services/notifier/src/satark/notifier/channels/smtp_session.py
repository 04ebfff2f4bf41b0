"""One connection to a mail server (RFC 5321): opened, encrypted, logged in, and then good for several mails."""

import asyncio
import re
import ssl
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent
from satark.notifier.channels.smtp_login import Login
from satark.notifier.channels.smtp_target import Encryption, SmtpTarget
from satark.notifier.mail.headers import clean
from satark.notifier.mail.message import Mail
from satark.runtime.hosts import is_loopback
from satark.runtime.tls import client_context

CLOSING = 421
"""The server ends the connection, whatever was asked."""

ABOUT_THE_LOGIN = frozenset({530, 534, 535, 538})
"""RFC 4954, clause 6: the server wants a login, or another one. That is no word on the mail: all mails wait."""

_SIZE = re.compile(r"[0-9]{1,20}")
"""RFC 1870, clause 3."""

MAX_DETAIL_CHARS = 500
QUIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Longest waits in seconds: for a connection, a reply, and the acceptance of a mail's data."""

    connect_s: float = 10.0
    command_s: float = 30.0
    data_s: float = 120.0

    @property
    def whole_s(self) -> float:
        """The longest time for all of it: a rebalance waits for a delivery, and the group for 300 s at most."""
        return self.connect_s + 3 * self.command_s + self.data_s


@dataclass(frozen=True, slots=True)
class MailServer:
    """Which server, as whom, and how long to wait for it."""

    target: SmtpTarget
    helo: str
    login: Login | None
    ca_file: Path | None
    timeouts: Timeouts

    def safe(self, said: object) -> str:
        """Return what was said as one line of bounded length without the password."""
        text = str(said) or type(said).__name__
        return clean(self.login.masked(text) if self.login else text, MAX_DETAIL_CHARS)

    def context(self) -> ssl.SSLContext | None:
        """Return the context of TLS, None without; the CA's file is read each time. Raises OSError."""
        return None if self.target.encryption is Encryption.NONE else client_context(self.ca_file, None, None)


class Session:
    """An open connection. `mails` counts those that it was asked to take; `opened_at` is the loop's time."""

    def __init__(self, client: aiosmtplib.SMTP, server: MailServer) -> None:
        self._client = client
        self._server = server
        self._transport = client.transport
        self._is_in_step = True
        self.opened_at = asyncio.get_running_loop().time()
        self.mails = 0
        self.has_begun = False
        """Whether the last mail's sender was taken: what is said from there on is said of the mail."""

    @property
    def is_open(self) -> bool:
        """Whether another mail may be sent here: every reply came, and none said goodbye."""
        return self._is_in_step and self._client.is_connected

    async def is_alive(self) -> bool:
        """Return whether the server still answers, with nothing left over from the mail before (RSET)."""
        try:
            await self._client.rset(timeout=self._server.timeouts.command_s)
        except (aiosmtplib.SMTPException, OSError):
            self._is_in_step = False
        return self.is_open

    async def hand_over(self, mail: Mail) -> Delivery:
        """Ask the server to take a mail."""
        self.mails += 1
        self.has_begun = False
        if reason := self._misfit(mail):
            return Permanent(reason)
        try:
            reply = await self._transfer(mail)
        except aiosmtplib.SMTPResponseException as error:
            return self._refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._is_in_step = False
            return Retry(self._server.safe(error))
        except ValueError as error:
            self._is_in_step = False
            return Permanent(f"the addresses cannot be said in SMTP: {self._server.safe(error)}")
        return Sent(self._server.safe(f"{reply.code} {reply.message}"), mail.message_id)

    def _misfit(self, mail: Mail) -> str:
        """Return why a mail will never go: the server's own word in its reply to EHLO (RFC 1870, RFC 6531), or ours."""
        if not (mail.sender + mail.receiver).isprintable():
            return "an address holds what no address may"
        if mail.needs_smtputf8 and not self._client.supports_extension("smtputf8"):
            return f"the server does not take the address {mail.receiver}: it offers no SMTPUTF8"
        size, limit = len(mail.content), self._client.esmtp_extensions.get("size", "")
        if _SIZE.fullmatch(limit) and 0 < int(limit) < size:
            return f"the mail has {size} bytes, the server takes {int(limit)} at most"
        return ""

    async def _transfer(self, mail: Mail) -> aiosmtplib.SMTPResponse:
        client, timeouts = self._client, self._server.timeouts
        options = [f"SIZE={len(mail.content)}"] if client.supports_extension("size") else []
        encoding = "ascii"
        if mail.needs_smtputf8:
            options, encoding = [*options, "SMTPUTF8", "BODY=8BITMIME"], "utf-8"
        await client.mail(mail.sender, options=options, encoding=encoding, timeout=timeouts.command_s)
        self.has_begun = True
        await client.rcpt(mail.receiver, encoding=encoding, timeout=timeouts.command_s)
        return await client.data(mail.content, timeout=timeouts.data_s)

    def _refused(self, error: aiosmtplib.SMTPResponseException) -> Delivery:
        """Return what a reply means for the mail. What is no reply at all (RFC 5321, clause 4.2.1) ends the session."""
        detail = self._server.safe(f"{error.code} {error.message}")
        self._is_in_step = 400 <= error.code < 600 and error.code != CLOSING  # noqa: PLR2004 - the classes of replies
        if error.code in ABOUT_THE_LOGIN:
            self._is_in_step = False
            return Retry(detail, whole=True)
        if 500 <= error.code < 600:  # noqa: PLR2004 - as above
            return Permanent(detail)
        return Retry(detail, whole=error.code == CLOSING)

    async def leave(self) -> None:
        """Say goodbye, if there is anybody to hear it; the mails' fates are settled, so nothing here matters."""
        try:
            if self.is_open:
                await self._client.quit(timeout=min(QUIT_S, self._server.timeouts.command_s))
        except (aiosmtplib.SMTPException, OSError):
            return
        finally:
            self.drop()

    def drop(self) -> None:
        """End the connection at once, also with a server that reads no more."""
        self._is_in_step = False
        self._client.close()
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()


async def opened(server: MailServer) -> Session:
    """Return a session in which a mail may be sent.

    Raises aiosmtplib.SMTPException, OSError, LoginError and, for a password's file, SettingsError.
    """
    target, timeouts = server.target, server.timeouts
    client = aiosmtplib.SMTP(
        hostname=target.host,
        port=target.port,
        use_tls=target.encryption is Encryption.IMPLICIT,
        start_tls=False,
        tls_context=await asyncio.to_thread(server.context),
        local_hostname=server.helo,
        timeout=timeouts.connect_s,
    )
    try:
        await client.connect()
        await client.ehlo(timeout=timeouts.command_s)
        if target.encryption is Encryption.STARTTLS:
            await client.starttls(timeout=timeouts.command_s)
            await client.ehlo(timeout=timeouts.command_s)
        if server.login is not None:
            await server.login.perform(
                client,
                encrypted=target.encryption is not Encryption.NONE,
                local=is_loopback(target.host),
                timeout_s=timeouts.command_s,
            )
    except BaseException:
        client.close()
        raise
    return Session(client, server)
