"""Mails written to a folder: the message, its two texts, its picture, and a page that shows them all."""

from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from satark.notifier.mail.message import Letterhead, compose
from satark.notifier.preview.examples import Example
from satark.notifier.preview.page import Shown, index, standing_alone


def write(examples: Iterable[Example], head: Letterhead, folder: Path) -> list[Shown]:
    """Write each example as a mail, and `index.html`; return what was written. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [_mail(example, head, folder) for example in examples]
    (folder / "index.html").write_text(index(shown), "utf-8")
    return shown


def _mail(example: Example, head: Letterhead, folder: Path) -> Shown:
    content = compose(example.told, head, example.now).content
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - it was made as one
    name = example.name
    picture, cid = _picture(message)
    (folder / f"{name}.eml").write_bytes(content)
    (folder / f"{name}.txt").write_text(_text(message, "plain"), "utf-8")
    for infix, is_dark in (("", False), (".dark", True)):
        page = standing_alone(_text(message, "html"), cid, f"{name}.png", dark=is_dark)
        (folder / f"{name}{infix}.html").write_text(page, "utf-8")
    if picture is not None:
        (folder / f"{name}.png").write_bytes(picture)
    return Shown(name, str(message["Subject"]), picture is not None)


def _picture(message: EmailMessage) -> tuple[bytes | None, str | None]:
    for each in message.walk():
        if each.get_content_type() == "image/png":
            return each.get_payload(decode=True), str(each["Content-ID"]).strip("<>")  # type: ignore[return-value]
    return None, None


def _text(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None  # noqa: S101 - every mail has both
    return str(body.get_content())
