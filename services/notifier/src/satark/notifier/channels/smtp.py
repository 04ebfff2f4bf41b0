"""E-mail by SMTP (RFC 5321): one recipient a mail, several mails a connection, encrypted or to this machine only.

Whatever goes wrong before the mail itself is spoken of (connecting, TLS, login) concerns the whole channel: it is
retried whatever its code, for a wrong password must cost no alert. After that the reply to this mail counts: 4xx and a
lost connection are retried, 5xx is final, 421 means that the server is closing.

A connection is kept for the next mail, and asked whether it still works before one is entrusted to it. That it does
not is nobody's fault: servers close what is idle. So then a new one is opened at once, within the same try.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib

from satark.notifier.channels.delivery import Delivery, Retry
from satark.notifier.channels.smtp_login import Login
from satark.notifier.channels.smtp_mechanism import LoginError, Mechanism
from satark.notifier.channels.smtp_session import MailServer, Session, Timeouts, opened
from satark.notifier.channels.smtp_target import SmtpTarget
from satark.notifier.mail.message import Mail
from satark.runtime.settings import Secret

__all__ = ["Keeping", "Postman", "Timeouts"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a connection is kept: for so many mails, so long in all, and so long without any, in seconds."""

    mails: int = 100
    age_s: float = 300.0
    idle_s: float = 20.0


class _ChannelDownError(Exception):
    """No mail can be sent at present."""


class Postman:
    """Sends mails through one mail server, one at a time. The password is never part of a log or a detail."""

    def __init__(
        self,
        target: SmtpTarget,
        *,
        helo: str,
        password: Secret | None = None,
        ca_file: Path | None = None,
        timeouts: Timeouts | None = None,
        mechanism: Mechanism = Mechanism.AUTO,
        keeping: Keeping | None = None,
    ) -> None:
        login = Login(target.user, password, mechanism) if target.user is not None and password is not None else None
        self._server = MailServer(target, helo, login, ca_file, timeouts or Timeouts())
        self._keeping = keeping or Keeping()
        self._turn = asyncio.Lock()
        self._kept: Session | None = None
        self._in_use: Session | None = None
        self._idle: asyncio.Task[None] | None = None

    async def post(self, mail: Mail) -> Delivery:
        """Try once to hand a mail to the server."""
        async with self._turn:
            self._wake()
            try:
                delivery = await self._within_limit(mail)
            except BaseException:
                self._drop()
                raise
            await self._put_away()
            return delivery

    async def close(self) -> None:
        """Say goodbye to the server; the next mail opens a new connection."""
        async with self._turn:
            self._wake()
            await self._leave()

    async def _within_limit(self, mail: Mail) -> Delivery:
        limit_s = self._server.timeouts.whole_s
        try:
            async with asyncio.timeout(limit_s):
                return await self._deliver(mail)
        except _ChannelDownError as error:
            return Retry(self._server.safe(error), whole=True)
        except TimeoutError:
            whole = self._in_use is None
            self._drop()
            return Retry(f"it took more than {limit_s:g} s in all", whole=whole)

    async def _deliver(self, mail: Mail) -> Delivery:
        kept = await self._still_good()
        if kept is not None:
            self._in_use = kept
            delivery = await kept.hand_over(mail)
            if kept.is_open or kept.has_begun or not isinstance(delivery, Retry):
                return delivery
            # It ended before it knew of the mail, as servers do that want only so many mails a connection.
            self._drop()
        self._in_use = await self._opened()
        return await self._in_use.hand_over(mail)

    async def _still_good(self) -> Session | None:
        """Return the connection of the mail before, if the server still answers on it."""
        kept = self._kept
        if kept is not None and kept.is_open and await kept.is_alive():
            self._kept = None
            return kept
        self._drop()
        return None

    async def _opened(self) -> Session:
        """Return a connection on which a mail may be sent. Raises _ChannelDownError."""
        try:
            return await opened(self._server)
        except aiosmtplib.SMTPResponseException as error:
            raise _ChannelDownError(f"{error.code} {error.message}") from error
        except (aiosmtplib.SMTPException, OSError, ValueError, LoginError) as error:
            # A ValueError is a host that cannot be a name, or a password's file that cannot be read (SettingsError).
            raise _ChannelDownError(str(error) or type(error).__name__) from error

    async def _put_away(self) -> None:
        """Keep the connection for the next mail, or end it."""
        session, self._in_use = self._in_use, None
        if session is None:
            return
        self._kept = session
        age_s = asyncio.get_running_loop().time() - session.opened_at
        if not session.is_open or session.mails >= self._keeping.mails or age_s >= self._keeping.age_s:
            await self._leave()
        else:
            self._idle = asyncio.create_task(self._rest(), name="smtp-idle")

    async def _rest(self) -> None:
        """End the connection when it has been idle for long enough."""
        await asyncio.sleep(self._keeping.idle_s)
        async with self._turn:
            await self._leave()

    def _wake(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    async def _leave(self) -> None:
        session, self._kept = self._kept, None
        if session is not None:
            await session.leave()

    def _drop(self) -> None:
        for session in (self._in_use, self._kept):
            if session is not None:
                session.drop()
        self._in_use = self._kept = None
