"""E-mail by SMTP (RFC 5321): one connection and one recipient a mail, encrypted or to this machine only.

Whatever goes wrong before the mail itself is spoken of (connecting, TLS, login) concerns the whole channel: it is
retried whatever its code, for a wrong password must cost no alert. After that the reply to this mail counts: 4xx and a
lost connection are retried, 5xx is final, 421 means that the server is closing.
"""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
import structlog

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent
from satark.notifier.channels.smtp_target import Encryption, SmtpTarget
from satark.notifier.mail.headers import clean
from satark.notifier.mail.message import Mail
from satark.runtime.settings import Secret

log = structlog.get_logger(__name__)

SERVICE_NOT_AVAILABLE = 421
FIRST_PERMANENT = 500
MAX_DETAIL_CHARS = 500


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


class _ChannelDownError(Exception):
    """No mail can be sent at present."""


class Postman:
    """Sends mails through one mail server. The password is never part of a log or a detail."""

    def __init__(
        self,
        target: SmtpTarget,
        *,
        helo: str,
        password: Secret | None = None,
        ca_file: Path | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._target = target
        self._helo = helo
        self._password = password
        self._ca_file = ca_file
        self._timeouts = timeouts or Timeouts()

    async def post(self, mail: Mail) -> Delivery:
        """Try once to hand a mail to the server."""
        limit_s = self._timeouts.whole_s
        client: aiosmtplib.SMTP | None = None
        try:
            async with asyncio.timeout(limit_s):
                client = await self._opened()
                return await self._submit(client, mail)
        except _ChannelDownError as error:
            return Retry(self._safe(error), whole=True)
        except TimeoutError:
            return Retry(f"it took more than {limit_s:g} s in all", whole=client is None)
        finally:
            if client is not None:
                await self._leave(client)

    async def _submit(self, client: aiosmtplib.SMTP, mail: Mail) -> Delivery:
        command_s = self._timeouts.command_s
        options, encoding = [f"SIZE={len(mail.content)}"] if client.supports_extension("size") else [], "ascii"
        if mail.needs_smtputf8:
            if not client.supports_extension("smtputf8"):
                return Permanent(f"the server does not take the address {mail.receiver}: it offers no SMTPUTF8")
            options, encoding = [*options, "SMTPUTF8", "BODY=8BITMIME"], "utf-8"
        try:
            await client.mail(mail.sender, options=options, encoding=encoding, timeout=command_s)
            await client.rcpt(mail.receiver, encoding=encoding, timeout=command_s)
            reply = await client.data(mail.content, timeout=self._timeouts.data_s)
        except aiosmtplib.SMTPResponseException as error:
            return self._refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Retry(self._safe(error))
        return Sent(self._safe(f"{reply.code} {reply.message}"), mail.message_id)

    def _refused(self, error: aiosmtplib.SMTPResponseException) -> Delivery:
        detail = self._safe(f"{error.code} {error.message}")
        if error.code >= FIRST_PERMANENT:
            return Permanent(detail)
        return Retry(detail, whole=error.code == SERVICE_NOT_AVAILABLE)

    async def _opened(self) -> aiosmtplib.SMTP:
        """Return a connection on which a mail may be sent. Raises _ChannelDownError."""
        try:
            return await self._open()
        except aiosmtplib.SMTPResponseException as error:
            raise _ChannelDownError(f"{error.code} {error.message}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _ChannelDownError(str(error) or type(error).__name__) from error

    async def _open(self) -> aiosmtplib.SMTP:
        target, command_s = self._target, self._timeouts.command_s
        client = aiosmtplib.SMTP(
            hostname=target.host,
            port=target.port,
            use_tls=target.encryption is Encryption.IMPLICIT,
            start_tls=False,
            tls_context=await asyncio.to_thread(self._context),
            local_hostname=self._helo,
            timeout=self._timeouts.connect_s,
        )
        try:
            await client.connect()
            await client.ehlo(timeout=command_s)
            if target.encryption is Encryption.STARTTLS:
                await client.starttls(timeout=command_s)
                await client.ehlo(timeout=command_s)
            if target.user is not None and self._password is not None:
                await client.login(target.user, self._password.reveal(), timeout=command_s)
        except BaseException:
            client.close()
            raise
        return client

    async def _leave(self, client: aiosmtplib.SMTP) -> None:
        """Say goodbye; the mail's fate is settled, so nothing that happens here matters."""
        try:
            await client.quit(timeout=min(5.0, self._timeouts.command_s))
        except (aiosmtplib.SMTPException, OSError) as error:
            log.debug("smtp_quit_failed", error=self._safe(error))
        finally:
            client.close()

    def _context(self) -> ssl.SSLContext | None:
        if self._target.encryption is Encryption.NONE:
            return None
        context: ssl.SSLContext = ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _safe(self, said: object) -> str:
        """Return what was said as one line of bounded length without the password."""
        text = str(said) or type(said).__name__
        if self._password is not None:
            text = text.replace(self._password.reveal(), "***")
        return clean(text, MAX_DETAIL_CHARS)
