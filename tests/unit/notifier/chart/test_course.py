from datetime import timedelta

import pytest
from msgspec.structs import replace

from satark.notifier.chart.course import MAX_TAIL, Course, course
from satark.notifier.mail import evidence
from satark.schemas.incidents import IncidentEvent
from tests.unit.notifier.chart import courses
from tests.unit.notifier.scenes import INTERVAL_S, NOON, WRITTEN, opened, resolved, symptom


def of(event: IncidentEvent) -> Course:
    """Return what is drawn of an incident that has something to draw."""
    found = course(event, WRITTEN)
    assert found is not None
    return found


class TestPanels:
    def test_show_the_gravest(self) -> None:
        """Of many metrics the three that are furthest beyond their normal are drawn, the gravest first."""
        seen = [symptom(f"m{i}_ms", value=100.0 + 10 * i) for i in range(5)]

        assert ["m4", "m3", "m2"] == [panel.words.quantity for panel in of(opened(*seen)).panels]

    def test_are_cut_where_a_sample_is_missing(self) -> None:
        """A missing interval is a gap, never a line."""
        points = courses.level_then_bad(20.0, 80.0, samples=10, missing={4, 5})
        (panel,) = of(opened(courses.pictured("latency_ms_rx", 20.0, 80.0, points))).panels

        assert [4, 4] == [len(run) for run in panel.runs]

    def test_band_is_what_the_table_says(self) -> None:
        """Normal is from as far below the centre as the limit is above it, and not below zero."""
        seen = symptom(centre=10.0, spread=20.0)
        (panel,) = of(opened(seen)).panels

        assert evidence.normal_range(seen) == (0.0, 50.0) == panel.normal
        assert panel.limit == 50.0

    def test_later_sample_of_a_time_counts(self) -> None:
        """Of two samples of one interval the later one is drawn."""
        point = symptom().recent[-1]
        seen = replace(symptom(), recent=(point, replace(point, value=7.0)))

        assert [7.0] == [sample.value for sample in of(opened(seen)).panels[0].samples]

    @pytest.mark.parametrize("value", [float("inf"), float("nan")])
    def test_leaves_out_what_is_not_finite(self, value: float) -> None:
        """A limit or a peak that is no number is not drawn."""
        (panel,) = of(opened(replace(symptom(), limit=value, peak=value))).panels

        assert (None, None, None) == (panel.limit, panel.peak, panel.normal)


class TestSpan:
    def test_lasts_until_now(self) -> None:
        """The incident is shaded until now, while it lasts."""
        found = of(opened())

        assert (NOON.timestamp(), WRITTEN.timestamp()) == (found.began_s, found.ended_s)
        assert not found.is_over

    def test_ends_with_the_incident(self) -> None:
        """The incident is shaded until its end, once it is over."""
        found = of(resolved(opened()))

        assert (NOON + timedelta(minutes=35)).timestamp() == found.ended_s
        assert found.is_over

    def test_leaves_little_room_for_a_late_mail(self) -> None:
        """A mail that is written long after its last sample does not press the samples together."""
        found = course(opened(), NOON + timedelta(days=7))
        assert found is not None
        last_s = NOON.timestamp() + INTERVAL_S

        assert found.end_s - last_s <= MAX_TAIL * (last_s - found.start_s)

    def test_one_sample_has_room(self) -> None:
        """A single sample is not all of the picture."""
        found = of(opened(replace(symptom(), recent=symptom().recent[-1:])))

        assert found.end_s - found.start_s >= 6 * INTERVAL_S
