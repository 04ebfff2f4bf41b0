from datetime import UTC, datetime

import pytest

from satark.detector.replay.columns import BadHeaderError, BadRowError, Columns, moment
from satark.schemas.metrics import MetricSample

HEADER = ("time", "entity", "kind", "interval_s", "backfilled", "label.edge", "latency_ms_rx", "loss_pct_rx")


class TestHeader:
    def test_all_mistakes_are_told(self) -> None:
        """A header that cannot be used is told with everything that is wrong about it."""
        with pytest.raises(BadHeaderError) as caught:
            Columns(["when", "Latency (ms)", "Latency (ms)", "loss_pct_rx"], interval_s=300)

        said = str(caught.value)
        assert "there is no column time; there is no column entity" in said
        assert "column Latency (ms) is there twice" in said
        assert "column 'Latency (ms)' is no name of a metric" in said

    def test_a_metric_is_needed(self) -> None:
        """A table without any metric has nothing to judge."""
        with pytest.raises(BadHeaderError, match="there is no column of a metric"):
            Columns(["time", "entity", "label.isp"], interval_s=300)


class TestRow:
    def test_all_columns_are_read(self) -> None:
        """Labels lose their prefix, an empty metric was not measured."""
        row = ["2026-03-10T00:00Z", "wan-link/b", "probe", "60", "yes", "LDN", "", "0.5"]

        sample = Columns(HEADER, interval_s=300).sample(row)

        assert sample == MetricSample.of(
            entity="wan-link/b",
            kind="probe",
            time=datetime(2026, 3, 10, tzinfo=UTC),
            interval_s=60,
            metrics={"loss_pct_rx": 0.5},
            labels={"edge": "LDN"},
            backfilled=True,
        )

    def test_the_least_is_enough(self) -> None:
        """Kind and interval have defaults."""
        sample = Columns(["time", "entity", "latency_ms_rx"], interval_s=60).sample(["1773100800", "b", "20"])

        assert (sample.kind, sample.interval_s, sample.backfilled) == ("wan-link", 60, False)

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            (["2026-03-10"], "1 cells under 3 columns"),
            (["2026-03-10", "", "20"], "the entity is empty"),
            (["yesterday", "b", "20"], "neither like 2026-03-02T10:00Z nor epoch seconds"),
            (["2026-03-10", "b", ""], "without any metric"),
            (["2026-03-10", "b", "nan"], "not a finite number"),
            (["2026-03-10", "b", "Comcast"], "a name belongs in a column label.latency_ms_rx"),
            (["99999999999999999999", "b", "20"], "year"),
        ],
    )
    def test_what_is_no_sample_says_why(self, cells: list[str], said: str) -> None:
        """A row that is no sample is refused with the reason."""
        with pytest.raises(BadRowError, match=said):
            Columns(["time", "entity", "latency_ms_rx"], interval_s=300).sample(cells)

    @pytest.mark.parametrize(("interval", "backfilled"), [("0", ""), ("x", ""), ("60", "perhaps")])
    def test_options_are_checked(self, interval: str, backfilled: str) -> None:
        """An interval is a number of seconds, a flag is true or false."""
        with pytest.raises(BadRowError):
            Columns(HEADER, interval_s=300).sample(["2026-03-10", "b", "", interval, backfilled, "", "1", ""])


class TestMoment:
    @pytest.mark.parametrize(
        "text", ["2026-03-10T00:00:00Z", "2026-03-10", "2026-03-10T01:00+01:00", "1773100800", "1773100800000"]
    )
    def test_many_ways_to_say_it(self, text: str) -> None:
        """RFC 3339, without an offset UTC, and epoch seconds or milliseconds are the same instant."""
        assert datetime(2026, 3, 10, tzinfo=UTC) == moment(text)
