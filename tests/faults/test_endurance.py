"""Nothing breaks: hours of a whole estate in a minute, as bench/soak.py does with a week, from the script to the verdict."""

from pathlib import Path

import pytest

from bench.soak import soak
from bench.soaking.estate import Extent
from tests.faults.recovery import Clock

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(420)]

HOURS = Extent(links=20, generators=5, buckets=110, learning=44, pace_s=0.5, look_s=2.0)
"""Nine hours, four of which are for learning."""


async def test_a_day_at_work_leaves_nothing_behind(tmp_path: Path, recovery: Clock) -> None:
    """Hours with links that go bad and daemons that restart are told, stored and mailed exactly as the script has them."""
    with recovery("the verdict on nine hours"):
        seen = await soak(HOURS, tmp_path)

    assert [] == [str(finding) for finding in seen.findings if finding.kept is False]
