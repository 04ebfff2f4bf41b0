"""The caught mails: one .eml file each, its name sorting by time, and their summaries in memory. Bounded: oldest go."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from satark.simulators.files import write_atomically
from satark.simulators.mail.parse import Summary, summarise

log = structlog.get_logger(__name__)

MAX_READ_BYTES = 64 * 1024 * 1024
_ID = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z")
_MICROSECOND = timedelta(microseconds=1)


class Mailbox:
    """A folder of mails. `await load()` before use; `add` and `load` belong to one event loop."""

    def __init__(self, folder: Path, *, limit: int = 500) -> None:
        self._folder = folder
        self._limit = limit
        self._mails: dict[str, Summary] = {}
        self._newest = datetime.fromtimestamp(0, UTC)
        self._changed = asyncio.Condition()

    async def load(self) -> None:
        """Make the folder and take in the mails that are there, the newest up to the limit; others are left alone.

        Raises OSError when the folder cannot be made or read.
        """
        for summary in await asyncio.to_thread(self._read_all):
            self._mails[summary.id] = summary
            self._newest = datetime.strptime(summary.id, "%Y%m%dT%H%M%S.%f%z")

    async def add(self, raw: bytes, *, sender: str, recipients: Sequence[str], now: datetime) -> Summary:
        """Keep a mail, with the envelope as trace headers on top (RFC 5321 4.4, RFC 9228).

        Raises OSError when the file cannot be written; then nothing is kept.
        """
        trace = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
        content = b"".join(f"{line}\r\n".encode("utf-8", "surrogateescape") for line in trace) + raw
        async with self._changed:
            self._newest = max(now, self._newest + _MICROSECOND)
            mail_id = self._newest.strftime("%Y%m%dT%H%M%S.%fZ")
            await asyncio.to_thread(write_atomically, self._path(mail_id), content)
            summary = summarise(mail_id, content)
            self._mails[mail_id] = summary
            while len(self._mails) > self._limit:
                oldest = next(iter(self._mails))
                del self._mails[oldest]
                await asyncio.to_thread(self._path(oldest).unlink, missing_ok=True)
            self._changed.notify_all()
        return summary

    def newest_first(self) -> list[Summary]:
        """Return all summaries."""
        return list(reversed(self._mails.values()))

    def get(self, mail_id: str) -> Summary | None:
        """Return a summary, or None for an id that is not here."""
        return self._mails.get(mail_id)

    def raw(self, mail_id: str) -> bytes:
        """Return the bytes of a mail, the envelope's headers on top.

        Raises KeyError for an id that is not here, OSError when the file has gone.
        """
        if mail_id not in self._mails:
            raise KeyError(mail_id)
        with self._path(mail_id).open("rb") as file:
            return file.read(MAX_READ_BYTES)

    async def wait_for(self, predicate: Callable[[list[Summary]], bool]) -> list[Summary]:
        """Return all summaries, oldest first, as soon as they satisfy a predicate."""
        async with self._changed:
            await self._changed.wait_for(lambda: predicate(list(self._mails.values())))
            return list(self._mails.values())

    def _path(self, mail_id: str) -> Path:
        return self._folder / f"{mail_id}.eml"

    def _read_all(self) -> list[Summary]:
        self._folder.mkdir(parents=True, exist_ok=True)
        names = sorted(path.stem for path in self._folder.glob("*.eml") if _ID.fullmatch(path.stem))
        summaries = []
        for mail_id in names[-self._limit :]:
            try:
                with self._path(mail_id).open("rb") as file:
                    summaries.append(summarise(mail_id, file.read(MAX_READ_BYTES)))
            except OSError as error:
                log.warning("mail_unreadable", file=f"{mail_id}.eml", error=error.strerror)
        return summaries
