from datetime import UTC, datetime, timedelta

import pytest

from satark.sandesh_gateway.translate.origin import time_of

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("back", [timedelta(0), timedelta(days=30), -timedelta(hours=2)], ids=str)
def test_a_daemons_time_counts(back: timedelta) -> None:
    """Late messages are late, and clocks differ by hours at most."""
    assert NOW - back == time_of(int((NOW - back).timestamp() * 1_000_000), NOW)


@pytest.mark.parametrize("stamp", [0, -5, 2**63, -(2**63), 1, int((NOW.timestamp() + 2 * 86_400) * 1_000_000)])
def test_a_time_that_no_daemon_can_mean_is_that_of_arrival(stamp: int) -> None:
    """A header without any, or of a clock that was never set."""
    assert time_of(stamp, NOW) == NOW
