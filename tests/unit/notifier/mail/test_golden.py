"""Golden mails are written anew by `SATARK_WRITE_GOLDEN=1 make test-fast ARGS=tests/unit/notifier/mail/test_golden.py`."""

from pathlib import Path

import pytest

from tests.support.environment import variable
from tests.unit.notifier.mail.mails import MAILS, mail

GOLDEN = Path(__file__).parents[3] / "data" / "mails"


@pytest.mark.parametrize("name", MAILS)
def test_mail_is_as_it_was(name: str) -> None:
    """Every byte of a mail is reviewed: a change shows in the diff of its file."""
    content = mail(name).content
    file = GOLDEN / f"{name}.eml"
    if variable("SATARK_WRITE_GOLDEN"):
        file.write_bytes(content)

    assert file.read_bytes() == content


def test_no_file_is_left_over() -> None:
    """Each golden mail has its test."""
    assert set(MAILS) == {file.stem for file in GOLDEN.glob("*.eml")}
