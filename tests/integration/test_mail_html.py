"""Every mail's HTML is held to the Nu Html Checker. Marked `kafka` for the Java and the Maven that Kafka needs too."""

import re
from pathlib import Path

import pytest

from tests.support.html_validator import remarks
from tests.unit.notifier.mail.mails import MAILS, mail, parsed, part

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

MEANT = re.compile(
    r"The “(align|valign|width|cellpadding|cellspacing)” attribute on the “(table|td|th)” element is obsolete"
)
"""Outlook lays tables out by these attributes, and by no style."""


def test_mails_are_valid_html(tmp_path: Path) -> None:
    """There is no error, and no warning but of what Outlook needs."""
    for name in MAILS:
        (tmp_path / f"{name}.html").write_text(part(parsed(mail(name)), "html"), "utf-8")
    (tmp_path / "wrong.html").write_text("<!DOCTYPE html><title>x</title><p><table></p>", "utf-8")
    found = remarks(sorted(tmp_path.glob("*.html")))
    strange = {remark for remark in found if not MEANT.match(remark.text)}

    assert {"wrong.html"} == {remark.file for remark in strange}
    assert "error" in {remark.kind for remark in strange}
