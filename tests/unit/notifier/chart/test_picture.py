import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from satark.notifier.chart import Picture, chart
from satark.notifier.chart.alt import alt
from satark.notifier.chart.course import course
from satark.notifier.chart.sheet import SCALE
from satark.schemas.incidents import IncidentEvent
from tests.unit.notifier import group_scenes
from tests.unit.notifier.chart.courses import BERLIN, incidents, level_then_bad, pictured, three
from tests.unit.notifier.scenes import NOON, WRITTEN, alarm, blind, opened, resolved, silent, symptom

MAX_BYTES = 60_000
DRAWN = (Phase.explicit, Phase.reuse, Phase.generate)
"""Pictures take too long to draw the same one a hundred times for a smaller example."""


def drawn(event: IncidentEvent, now: datetime = WRITTEN) -> Picture:
    """Return the picture of an incident that has one."""
    picture = chart(event, now)
    assert picture is not None
    return picture


def size_of(png: bytes) -> tuple[int, int]:
    """Return the width and height that a PNG file's header says."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


class TestFile:
    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_is_as_large_as_it_says(self, count: int) -> None:
        """The file is a PNG with two pixels for each one that it is shown in."""
        picture = drawn(opened(*three()[:count]))

        assert picture.png.startswith(b"\x89PNG\r\n\x1a\n")
        assert (picture.width * SCALE, picture.height * SCALE) == size_of(picture.png)
        assert picture.width == 640

    @pytest.mark.parametrize("samples", [24, 512])
    def test_is_small_enough_for_a_mail(self, samples: int) -> None:
        """Three restless metrics, of the most samples that an event can have, stay within 60 kB."""
        seen = [
            pictured(metric, 20.0, 80.0, level_then_bad(20.0, 80.0, samples=samples, bad=samples // 4))
            for metric in "abc"
        ]

        assert len(drawn(opened(*seen, labels=BERLIN)).png) <= MAX_BYTES

    def test_is_the_same_each_time(self) -> None:
        """The same event at the same time gives the same bytes, without a date or a version in them."""
        first, second = (drawn(opened(*three())) for _ in range(2))

        assert first == second
        assert b"atplotlib" not in first.png
        assert b"tEXt" not in first.png

    def test_differs_by_its_values(self) -> None:
        """Another course is another picture."""
        assert drawn(opened(pictured("a", 20.0, 80.0))).png != drawn(opened(pictured("a", 20.0, 160.0))).png

    def test_shows_the_zone_of_the_site(self) -> None:
        """A site whose clocks are not at UTC has a row for its own time."""
        assert drawn(opened(labels=BERLIN)).height > drawn(opened()).height


class TestNothingToDraw:
    def test_an_alarm_has_no_picture(self) -> None:
        """An alarm has conditions, not samples."""
        assert chart(alarm(), WRITTEN) is None

    def test_a_blind_orchestrator_has_no_picture(self) -> None:
        """Failed cycles are counted, not measured."""
        assert chart(blind(), WRITTEN) is None

    def test_a_silent_link_has_no_picture(self) -> None:
        """Where nothing was measured there is nothing to draw."""
        assert chart(silent(), WRITTEN) is None

    def test_a_silent_link_shows_what_else_is_wrong(self) -> None:
        """What was measured before is drawn, whatever is missing now."""
        assert drawn(silent(symptom())).alt.startswith("Latency (download, ms)")

    def test_a_group_has_no_picture(self) -> None:
        """The members of a group have none in its event."""
        assert chart(group_scenes.group(group_scenes.incident(1), group_scenes.incident(2)), WRITTEN) is None

    def test_no_samples_are_no_picture(self) -> None:
        """A symptom without samples is not drawn."""
        assert chart(opened(replace(symptom(), recent=())), WRITTEN) is None

    def test_no_finite_sample_is_no_picture(self) -> None:
        """What is no number is as good as missing."""
        points = tuple(replace(point, value=float("nan")) for point in symptom().recent)

        assert chart(opened(replace(symptom(), recent=points)), WRITTEN) is None


class TestAnything:
    @given(event=incidents(), now=st.datetimes(timezones=st.just(UTC)))
    @settings(max_examples=20, deadline=None, phases=DRAWN, suppress_health_check=list(HealthCheck))
    def test_draws_whatever_an_event_has(self, event: IncidentEvent, now: datetime) -> None:
        """No value, time, name or zone is an error, and the picture stays small."""
        picture = chart(event, now)

        assert picture is None or len(picture.png) <= MAX_BYTES

    @given(event=incidents(), now=st.datetimes(timezones=st.just(UTC)))
    @settings(max_examples=50, deadline=None, phases=DRAWN, suppress_health_check=list(HealthCheck))
    def test_tells_whatever_an_event_has(self, event: IncidentEvent, now: datetime) -> None:
        """What is drawn can be said in one line, too."""
        shown = course(event, now)

        assert shown is None or len(alt(shown).splitlines()) == 1

    @pytest.mark.parametrize(
        "values", [[5.0], [5.0] * 12, [0.0] * 3, [-5.0, -7.0, -6.0], [1e300, -1e300], [1e-320, 2e-320]]
    )
    def test_draws_unusual_courses(self, values: list[float]) -> None:
        """One sample, a flat line, values below zero, and the largest and the smallest there are, are drawn."""
        points = tuple(
            replace(symptom().recent[0], time=NOON + i * timedelta(minutes=5), value=value)
            for i, value in enumerate(values)
        )

        assert drawn(opened(replace(symptom(), recent=points))).png

    def test_order_of_samples_does_not_matter(self) -> None:
        """Samples out of order are the same picture."""
        seen = symptom()

        assert drawn(opened(seen)) == drawn(opened(replace(seen, recent=seen.recent[::-1])))


class TestAlt:
    def test_tells_what_one_would_see(self) -> None:
        """Metric, value, what is normal, the peak, and since when, are said in words."""
        assert drawn(opened()).alt == (
            "Latency (download, ms): now 100 ms, normal 55 to 95, peak 100 ms at 12:00 UTC on 2026-11-21. "
            "Bad since 12:00 UTC on 2026-11-21."
        )

    def test_tells_the_end(self) -> None:
        """Of what is over, its beginning and end are said."""
        alt = drawn(resolved(opened()), WRITTEN + timedelta(hours=1)).alt

        assert alt.endswith("Bad from 12:00 UTC on 2026-11-21 to 12:35 UTC on 2026-11-21.")

    def test_leaves_out_what_is_no_number(self) -> None:
        """A value that is not finite is not said."""
        seen = replace(symptom(), value=float("nan"), peak=float("inf"), limit=float("inf"))

        assert drawn(opened(seen)).alt.startswith("Latency (download, ms): not known.")
