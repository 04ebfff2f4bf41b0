"""What a mail says of how many could be members of a group."""

import pytest
from msgspec.structs import replace

from satark.notifier.mail.group_view import view
from tests.unit.notifier.group_scenes import group, incident, member, over
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


def test_an_end_says_which_was_worst() -> None:
    """By how far over its limit it was, for milliseconds and percents are not the same."""
    event = over(*(incident(number) for number in range(3)))
    lossy = member(incident(9), ended_at=NOON)
    lossy = replace(lossy, worst=replace(lossy.worst, metric="loss_pct_rx", normal=0.0, limit=1.0, peak=40.0))
    constant = replace(lossy, worst=replace(lossy.worst, limit=0.0, distance=3.0))

    assert (
        "Worst was Edge 9 / BT Broadband: download packet loss 40 % (limit 1)."
        == view(replace(event, members=(*event.members, constant, lossy)), now=NOON).sentences[2]
    )
