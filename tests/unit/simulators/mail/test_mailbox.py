import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from satark.simulators.mail.mailbox import Mailbox

NOW = datetime(2026, 3, 10, 12, 10, tzinfo=UTC)


async def opened(folder: Path, limit: int = 500) -> Mailbox:
    """Return a loaded mailbox."""
    mailbox = Mailbox(folder, limit=limit)
    await mailbox.load()
    return mailbox


async def add(mailbox: Mailbox, subject: str) -> str:
    """Add a mail and return its id."""
    raw = f"Subject: {subject}\r\n\r\nhello\r\n".encode()
    return (await mailbox.add(raw, sender="s@x", recipients=["a@x", "b@x"], now=NOW)).id


def files(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


class TestAdd:
    async def test_file(self, tmp_path: Path) -> None:
        """A mail is a file as it came, under the envelope; nothing else is left in the folder."""
        mailbox = await opened(tmp_path / "new" / "folder")
        mail_id = await add(mailbox, "x")
        expected = b"Return-Path: <s@x>\r\nDelivered-To: a@x\r\nDelivered-To: b@x\r\nSubject: x\r\n\r\nhello\r\n"

        assert mail_id == "20260310T121000.000000Z"
        assert files(tmp_path / "new" / "folder") == [f"{mail_id}.eml"]
        assert mailbox.raw(mail_id) == expected

    async def test_names_sort(self, tmp_path: Path) -> None:
        """Mails of the same moment, and of a clock that went back, still sort by arrival."""
        mailbox = await opened(tmp_path)
        ids = [await add(mailbox, str(number)) for number in range(5)]
        ids += await asyncio.gather(*(add(mailbox, "together") for _ in range(5)))

        assert sorted(set(ids)) == ids
        assert [mail.id for mail in mailbox.newest_first()] == ids[::-1]

    async def test_limit(self, tmp_path: Path) -> None:
        """The oldest mails go, files and all."""
        mailbox = await opened(tmp_path, limit=3)
        ids = [await add(mailbox, str(number)) for number in range(5)]

        assert [mail.subject for mail in mailbox.newest_first()] == ["4", "3", "2"]
        assert files(tmp_path) == [f"{mail_id}.eml" for mail_id in ids[2:]]
        with pytest.raises(KeyError):
            mailbox.raw(ids[0])

    async def test_no_room(self, tmp_path: Path) -> None:
        """A mail that cannot be written is not there."""
        mailbox = await opened(tmp_path / "box")
        (tmp_path / "box").rmdir()

        with pytest.raises(FileNotFoundError):
            await add(mailbox, "x")
        assert mailbox.newest_first() == []


class TestLoad:
    async def test_restart(self, tmp_path: Path) -> None:
        """Another mailbox of the same folder has the same mails, and goes on after them."""
        first = await opened(tmp_path)
        ids = [await add(first, str(number)) for number in range(3)]
        second = await opened(tmp_path)
        later = await add(second, "later")

        assert [mail.id for mail in second.newest_first()] == [later, *ids[::-1]]

    async def test_strangers(self, tmp_path: Path) -> None:
        """Other files are left alone, and what cannot be read is passed over."""
        (tmp_path / "notes.txt").write_text("mine")
        (tmp_path / "letter.eml").write_text("Subject: mine\n\n")
        (tmp_path / "20260310T121000.000000Z.eml").mkdir()
        mailbox = await opened(tmp_path)

        assert mailbox.newest_first() == []
        assert (tmp_path / "letter.eml").exists()

    async def test_newest_only(self, tmp_path: Path) -> None:
        """No more mails are taken in than the limit allows."""
        first = await opened(tmp_path)
        ids = [await add(first, str(number)) for number in range(5)]
        second = await opened(tmp_path, limit=2)

        assert [mail.id for mail in second.newest_first()] == ids[:2:-1]


class TestRaw:
    @pytest.mark.parametrize("mail_id", ["", "..", "../x", "/etc/hostname", "20260310T121000.000000Z"])
    async def test_only_what_is_here(self, tmp_path: Path, mail_id: str) -> None:
        """Nothing can be read but the mails."""
        with pytest.raises(KeyError):
            (await opened(tmp_path)).raw(mail_id)
