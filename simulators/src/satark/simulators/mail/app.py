"""The shell of `satark catch-mail`: settings -> a mail catcher that serves until it is told to stop."""

import asyncio
import logging

import structlog

from satark.runtime.service import ServiceContext
from satark.simulators.addresses import join_address, split_address
from satark.simulators.files import write_atomically
from satark.simulators.mail.mailbox import Mailbox
from satark.simulators.mail.server import serving
from satark.simulators.mail.settings import MailSettings
from satark.simulators.tls import server_context

log = structlog.get_logger(__name__)


class MailApp:
    """A mail catcher as a process."""

    def __init__(self, settings: MailSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set."""
        settings = self._settings
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd logs every line of every dialogue
        mailbox = Mailbox(settings.folder, limit=settings.limit)
        await mailbox.load()
        tls = await asyncio.to_thread(server_context, settings.tls_cert_file, settings.tls_key_file)
        async with serving(
            mailbox,
            settings.options(),
            smtp_address=split_address(settings.smtp_listen),
            web_address=split_address(settings.web_listen),
            tls=tls,
        ) as running:
            web_port = running.url.rstrip("/").rpartition(":")[2]
            for path, port in ((settings.smtp_port_file, running.port), (settings.web_port_file, web_port)):
                if path is not None:
                    await asyncio.to_thread(write_atomically, path, f"{port}\n".encode())
            self._context.health.set("smtp", ready=True)
            log.info(
                "catching_mail",
                url=running.url,
                smtp=join_address(running.host, running.port),
                tls=settings.tls,
                folder=str(settings.folder),
            )
            await stop.wait()
