"""What a mail says of how many could be members of a group."""

import pytest

from satark.notifier.mail.group_view import view
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.scenes import NOON


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (None, "3 links of ISP British Telecom went bad"),
        (8, "3 of 8 links of ISP British Telecom went bad"),
        (3, "All 3 links of ISP British Telecom went bad"),
        (2, "3 links of ISP British Telecom went bad"),
    ],
)
def test_the_links_that_are_well_are_counted(total: int | None, words: str) -> None:
    """As far as their number is known, and makes sense."""
    event = group(*(incident(number) for number in range(3)), total_count=total)

    assert view(event, now=NOON).sentences[0].startswith(words)


def test_an_update_says_it_too() -> None:
    """With how many are well again."""
    event = group(*(incident(number) for number in range(3)), sequence=1, total_count=8)

    assert "3 of 8 links of ISP British Telecom are or were bad by now" in view(event, now=NOON).sentences[0]
