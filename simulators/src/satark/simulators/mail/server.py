"""The shell: SMTP and web servers around one mailbox, and `running_mail_catcher` for tests."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from satark.simulators.mail import pages
from satark.simulators.mail.mailbox import Mailbox
from satark.simulators.mail.options import SmtpOptions
from satark.simulators.mail.parse import Content, Summary, read
from satark.simulators.mail.replies import ReplyScript
from satark.simulators.mail.smtp import Catcher, serving_smtp

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail as a test looks at it: its summary, its bytes as they came (under the trace headers), its content."""

    summary: Summary
    raw: bytes

    @property
    def content(self) -> Content:
        """The mail, read whole."""
        return read(self.raw)


@dataclass(frozen=True, slots=True)
class RunningMailCatcher:
    """A mail catcher that listens: SMTP on `host`:`port`, the page at `url`; `script` makes it misbehave."""

    host: str
    port: int
    url: str
    mailbox: Mailbox
    script: ReplyScript

    def mails(self) -> list[CaughtMail]:
        """Return all mails, oldest first."""
        return [CaughtMail(one, self.mailbox.raw(one.id)) for one in reversed(self.mailbox.newest_first())]

    async def wait_for(self, count: int, timeout_s: float = 10.0) -> list[CaughtMail]:
        """Return all mails, oldest first, as soon as there are `count`.

        Raises TimeoutError that says how many there were.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self.mailbox.wait_for(lambda mails: len(mails) >= count)
        except TimeoutError:
            raise TimeoutError(f"{len(self.mailbox.newest_first())} of {count} mails after {timeout_s} s") from None
        return self.mails()


def real_now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


@asynccontextmanager
async def serving(
    mailbox: Mailbox,
    options: SmtpOptions,
    *,
    smtp_address: tuple[str, int],
    web_address: tuple[str, int],
    tls: ssl.SSLContext | None,
) -> AsyncIterator[RunningMailCatcher]:
    """Serve a loaded mailbox while the context lasts; ports 0 take free ones.

    Raises OSError when an address cannot be bound.
    """
    script = ReplyScript()
    catcher = Catcher(mailbox, script, options, real_now)
    runner = web.AppRunner(pages.application(mailbox), access_log=None, shutdown_timeout=1.0)
    host, port = smtp_address
    async with serving_smtp(catcher, options, host=host, port=port, tls=tls) as smtp_port:
        await runner.setup()
        try:
            await web.TCPSite(runner, *web_address).start()
            shown = f"[{web_address[0]}]" if ":" in web_address[0] else web_address[0]
            url = f"http://{shown}:{runner.addresses[0][1]}/"
            yield RunningMailCatcher(host, smtp_port, url, mailbox, script)
        finally:
            await runner.cleanup()


@asynccontextmanager
async def running_mail_catcher(
    *,
    options: SmtpOptions | None = None,
    tls: ssl.SSLContext | None = None,
    folder: Path | None = None,
    limit: int = 500,
) -> AsyncIterator[RunningMailCatcher]:
    """Run a mail catcher on free ports of 127.0.0.1, its mails in `folder` or in one that goes away afterwards."""
    with TemporaryDirectory(prefix="satark-mail-") as own:
        mailbox = Mailbox(folder or Path(own), limit=limit)
        await mailbox.load()
        anywhere = (LOOPBACK, 0)
        async with serving(
            mailbox, options or SmtpOptions(), smtp_address=anywhere, web_address=anywhere, tls=tls
        ) as running:
            yield running
