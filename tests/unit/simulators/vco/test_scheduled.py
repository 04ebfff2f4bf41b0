from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.scenario import Incident
from satark.simulators.vco.scheduled import Scheduled, swell

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def scheduled(kind: Any, *, duration_s: float | None = 3600, **fields: Any) -> Scheduled:
    """Return an incident that begins at noon."""
    incident = Incident(kind=kind, edge="E", duration_s=duration_s, **fields)
    ends = None if duration_s is None else NOON + timedelta(seconds=duration_s)
    return Scheduled(0, incident, NOON, ends, frozenset({"link"}))


class TestOutages:
    @settings(deadline=None)
    @given(st.integers(-9000, 9000), st.integers(60, 3000), st.none() | st.integers(1, 6000))
    def test_agree(self, offset_s: int, period_s: int, duration_s: int | None) -> None:
        """The intervals of a flapping link say the same as its state at any moment."""
        one = scheduled("flap", duration_s=duration_s, period_s=period_s)
        when = NOON + timedelta(seconds=offset_s)
        found = list(one.outages(when, when + timedelta(seconds=1)))
        inside = [begins for begins, ends in found if begins <= when and (ends is None or when < ends)]

        assert one.down_since(when) == (inside[0] if inside else None)

    def test_for_ever(self) -> None:
        """What has no end is never over."""
        one = scheduled("link_down", duration_s=None)

        assert [(NOON, None)] == list(one.outages(NOON, NOON + timedelta(days=9)))
        assert one.state(NOON + timedelta(days=900)) == "active"

    def test_no_outage(self) -> None:
        """Other kinds keep nothing down."""
        assert list(scheduled("standby").outages(NOON, NOON + timedelta(hours=1))) == []


class TestSwell:
    def test_office_hours(self) -> None:
        """Congestion is worst in the middle of the local hours, and nothing outside."""
        utc = [round(swell(NOON.replace(hour=hour), -5.0, (9, 17)), 2) for hour in range(24)]

        assert max(utc) == utc[18] == 1.0
        assert [hour for hour in range(24) if utc[hour] > 0] == list(range(15, 22))

    @settings(deadline=None)
    @given(st.floats(0, 24), st.floats(0, 24), st.integers(0, 86_399), st.floats(-12, 14))
    def test_bounds(self, begin: float, end: float, second: int, offset_h: float) -> None:
        """It is always between nothing and the whole, past midnight too."""
        when = NOON.replace(hour=0) + timedelta(seconds=second)

        assert -1e-9 <= swell(when, offset_h, (begin, end)) <= 1.0
