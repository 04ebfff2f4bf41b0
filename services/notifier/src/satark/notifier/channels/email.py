"""E-mail: what is told becomes a mail, and the mail server takes it."""

import asyncio
from datetime import datetime

import structlog

from satark.notifier.channels.delivery import Delivery, Unrenderable
from satark.notifier.channels.smtp import Postman
from satark.notifier.mail.message import Letterhead, compose
from satark.notifier.routing.model import EMAIL
from satark.notifier.telling import Told

log = structlog.get_logger(__name__)


class EmailChannel:
    """Writes mails and hands them to a mail server."""

    name = EMAIL

    def __init__(self, head: Letterhead, postman: Postman) -> None:
        self._head = head
        self._postman = postman
        self._pen = asyncio.Lock()

    async def deliver(self, told: Told, now: datetime) -> Delivery:
        """Write and try once to deliver a mail."""
        try:
            # Drawing and rendering take a tenth of a second, in which heartbeats of the consumer group are due.
            # The library that draws is not made for several threads at once.
            async with self._pen:
                mail = await asyncio.to_thread(compose, told, self._head, now)
        except Exception as error:
            log.exception("mail_unrenderable", id=told.id, receiver=told.target.name)
            return Unrenderable(f"{type(error).__name__}: {error}")
        return await self._postman.post(mail)

    async def close(self) -> None:
        """Say goodbye to the mail server."""
        await self._postman.close()
