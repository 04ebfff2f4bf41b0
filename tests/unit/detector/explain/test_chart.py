from hypothesis import given
from hypothesis import strategies as st

from satark.detector.explain.chart import HEIGHT, Chart, Mark, chart, points
from satark.schemas.incidents import Point
from tests.unit.detector.explain.incidents import STEP_S, after, symptom
from tests.unit.detector.explain.incidents import points as recent


def made(values: list[float], *, width: int = 40, n: int = 12) -> Chart:
    """Return the chart of values, against a normal of 21 and a limit of 31."""
    told = symptom(n=n, recent=recent(values))
    found = chart(told.recent, told.baseline, told.limit, STEP_S, width=width)
    assert found is not None
    return found


def text(shown: Chart) -> list[str]:
    """Return a chart's rows as texts."""
    return ["".join(mark.value for mark in row) for row in shown.rows]


class TestChart:
    def test_points_band_and_limit_are_drawn(self) -> None:
        """Points are over the band of the normal; those beyond the limit are drawn heavier."""
        shown = made([21.0, 16.0, 21.0, 56.0])

        assert text(shown) == [
            "   ●",
            "    ",
            "    ",
            "    ",
            "    ",
            "╌╌╌╌",
            "░░░░",
            "•░•░",
            "░•░░",
        ]

    def test_rows_are_named(self) -> None:
        """The ends of the axis, the normal and the limit have their exact values."""
        assert made([21.0, 16.0, 56.0]).ticks == {
            0: (56.0, ""),
            5: (31.0, "limit"),
            7: (21.0, "normal"),
            HEIGHT - 1: (16.0, ""),
        }

    def test_a_crowded_row_names_both(self) -> None:
        """Where normal and limit share a row, both are named."""
        assert made([21.0, 500.0]).ticks[8] == (31.0, "limit, normal 21")

    def test_without_a_normal_there_is_no_band(self) -> None:
        """What an absolute limit alone judges has no band."""
        shown = made([0.0, 40.0], n=0)

        assert not any(Mark.BAND in row for row in shown.rows)
        assert [note for _, note in shown.ticks.values() if note] == ["limit"]

    def test_a_narrow_chart_keeps_the_worst(self) -> None:
        """Where several points share a column the worst is shown."""
        shown = made([20.0, 56.0, 21.0, 22.0], width=2)

        assert (shown.width, shown.column_s) == (2, 2 * STEP_S)
        assert text(shown)[0] == "● "

    def test_missing_is_empty(self) -> None:
        """A stretch without samples has no point."""
        told = symptom(recent=(Point(time=after(0), value=25.0), Point(time=after(3), value=26.0)))
        shown = chart(told.recent, told.baseline, told.limit, STEP_S)

        assert shown is not None
        assert [any(row[i] is Mark.NORMAL for row in shown.rows) for i in range(4)] == [True, False, False, True]

    def test_times_and_columns_agree(self) -> None:
        """A column is found by its time; what lies outside belongs to the edge."""
        shown = made([20.0] * 10)

        assert shown.column(shown.time(4)) == 4
        assert (shown.column(after(-100)), shown.column(after(100))) == (0, 9)

    def test_nothing_to_draw(self) -> None:
        """Without points there is no chart."""
        assert chart((), symptom().baseline, 31.0, STEP_S) is None

    @given(
        values=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200),
        width=st.integers(1, 80),
        n=st.sampled_from([0, 12]),
    )
    def test_it_always_fits(self, values: list[float], width: int, n: int) -> None:
        """Whatever the values, the chart has its height, at most its width, and the last point in its last column."""
        shown = made(values, width=width, n=n)

        assert len(shown.rows) == HEIGHT
        assert shown.width <= width
        assert any(row[-1] in {Mark.NORMAL, Mark.ANOMALOUS} for row in shown.rows)


class TestPoints:
    def test_events_are_put_together(self) -> None:
        """Points of several events are one course; of the same instant the later event's word counts."""
        early = symptom(recent=(Point(time=after(0), value=1.0), Point(time=after(1), value=2.0)))
        late = symptom(recent=(Point(time=after(1), value=2.0, anomalous=True), Point(time=after(2), value=3.0)))

        assert [(point.value, point.anomalous) for point in points([early, late])] == [
            (1.0, False),
            (2.0, True),
            (3.0, False),
        ]
