"""series: samples of an edge's links, whatever form values and times have."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from satark.poller.inventory import Link
from satark.poller.readings import Readings
from satark.poller.velocloud.decoding import MAX_EPOCH_MS, WrongShape
from satark.poller.velocloud.series import entries_of, series
from satark.poller.velocloud.stats import FIELDS
from tests.unit.poller.velocloud.payloads import (
    BROADBAND_B,
    ELEVEN_MS,
    FIBRE_A,
    HOUR,
    JSON_VALUES,
    LONDON,
    edge_with,
    encoded,
    minute,
    mostly,
    objects,
    reasons,
    result,
    values,
)

FIVE_MIN_MS = 300_000


def read(entries: list[Any], edge: Any = LONDON, sample_s: int = 300) -> Readings:
    """Return the readings of an hour."""
    return series(entries, "4101", edge, HOUR, sample_s=sample_s)


def latency(data: Any, start: Any = ELEVEN_MS, tick_ms: Any = FIVE_MIN_MS, **link: Any) -> list[Any]:
    """Return the entry of a link that has latencies only."""
    one = {"metric": "bestLatencyMsRx", "startTime": start, "tickInterval": tick_ms, "data": data}
    return [{"link": {"internalId": FIBRE_A, **link}, "series": [one]}]


@pytest.fixture
def sample() -> list[Any]:
    """Return the entries of the sample payload."""
    raw = result("v1_edge_link_series")
    assert raw is not None
    entries: list[Any] = msgspec.json.decode(raw)
    return entries


class TestSample:
    def test_values(self, sample: list[Any]) -> None:
        """Twelve samples of each of the two links, oldest first; where the edge reported nothing there is no number."""
        found = read(sample)

        assert found.skipped == ()
        assert len(found.rows) == 24
        assert [row.start for row in found.rows] == sorted(row.start for row in found.rows)
        assert values(found, "latency_ms_rx") == {
            0: 8, 5: 9, 10: 8, 15: 9, 35: 10, 40: 9, 45: 9, 50: 9, 55: 10,
        }  # fmt: skip
        assert values(found, "loss_pct_rx", BROADBAND_B)[55] == 2.0
        assert {row.enterprise for row in found.rows} == {"4101"}
        assert {row.link.name for row in found.rows} == {"Fibre A", "Broadband B"}

    def test_nothing_measured(self, sample: list[Any]) -> None:
        """A sample in which all is null is listed without numbers."""
        silent = [minute(row.start) for row in read(sample).rows if not row.metrics]

        assert silent == [20, 25, 30]

    def test_unknown_link(self, sample: list[Any]) -> None:
        """A link that the inventory lacks is described as the answer describes it."""
        link = next(row.link for row in read(sample, edge_with(BROADBAND_B)).rows if row.link.internal_id == FIBRE_A)

        assert link == Link(FIBRE_A, "Fibre A", "GE3", "Example Telecom")


class TestForms:
    @pytest.mark.parametrize("start", [ELEVEN_MS, float(ELEVEN_MS), "2026-03-10T11:00:00.000Z"])
    def test_start(self, start: object) -> None:
        """The start may be a number or a text."""
        assert values(read(latency([1, 2], start)), "latency_ms_rx") == {0: 1, 5: 2}

    def test_numbers(self) -> None:
        """A value may be a number, a text of one, or null."""
        found = read(latency([1, "2.5", None, "3"]))

        assert values(found, "latency_ms_rx") == {0: 1, 5: 2.5, 15: 3}
        assert found.skipped == ()

    @pytest.mark.parametrize("value", ["fast", "", "nan", "inf", True, [], {}])
    def test_bad_value(self, value: object) -> None:
        """A value that is no number is told, and the others count."""
        found = read(latency([value, 2]))

        assert values(found, "latency_ms_rx") == {5: 2}
        assert reasons(found.skipped) == {"not_a_number": 1}

    def test_unaligned_start(self) -> None:
        """A time between samples belongs to the sample's start."""
        assert values(read(latency([1, 2], ELEVEN_MS + 90_000)), "latency_ms_rx") == {0: 1, 5: 2}

    def test_window(self) -> None:
        """What lies outside the window that was asked for is left out: it may not be complete."""
        assert values(read(latency(list(range(1, 15)), ELEVEN_MS - FIVE_MIN_MS)), "latency_ms_rx") == {
            5 * number: number + 2 for number in range(12)
        }

    @pytest.mark.parametrize("tick_ms", [None, 0, -1, "300000", 600_000, 10**300])
    def test_other_resolution(self, tick_ms: object) -> None:
        """Samples of another length are left out: a long interval is made coarser without a word."""
        found = read(latency([1, 2], tick_ms=tick_ms))

        assert found.rows == ()
        assert reasons(found.skipped) == {"other_resolution": 1}

    @pytest.mark.parametrize("start", [None, "0000-00-00 00:00:00", "soon", -1, MAX_EPOCH_MS, "9999-12-31T23:59:00Z"])
    def test_bad_start(self, start: object) -> None:
        """A series that begins nowhere in time is told."""
        assert reasons(read(latency([1, 2], start)).skipped) == {"bad_series": 1}

    @pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:00Z"])
    def test_ancient(self, start: str) -> None:
        """Nothing was measured before the epoch."""
        assert read(latency([1], start)).rows == ()

    @pytest.mark.parametrize("data", [None, 5, "12", {}])
    def test_bad_data(self, data: object) -> None:
        """A series that is no list is told."""
        assert reasons(read(latency(data)).skipped) == {"bad_series": 1}

    @pytest.mark.parametrize("entry", [5, None, {}, {"link": None}, {"link": {}}, {"link": {"internalId": ""}}])
    def test_bad_link(self, entry: object) -> None:
        """An entry that does not say whose it is costs only itself."""
        found = read([entry, *latency([1])])

        assert reasons(found.skipped) == {"bad_link": 1}
        assert len(found.rows) == 1

    @pytest.mark.parametrize(
        ("ids", "expected"),
        [
            ({"link": {"internalId": 7}, "linkId": 3}, "7"),
            ({"link": {}, "linkLogicalId": "b", "linkId": 3}, "b"),
            ({"link": {"internalId": None}, "linkId": 3}, "3"),
        ],
    )
    def test_link_ids(self, ids: dict[str, Any], expected: str) -> None:
        """A link is joined by the same ids as in the aggregate."""
        assert read([latency([1])[0] | ids]).rows[0].link.internal_id == expected

    @pytest.mark.parametrize("listed", [None, 5, [5], [{}], [{"metric": "scoreRx"}], [{"metric": {}}]])
    def test_other_series(self, listed: object) -> None:
        """Series that nobody asked for, and what is none, are passed over."""
        assert read([{"link": {"internalId": "a"}, "series": listed}]) == Readings()

    def test_longer_samples(self) -> None:
        """Samples of an hour are read where they are wanted, and bytes become a rate over the hour."""
        entry = latency([9], tick_ms=3_600_000)[0]
        entry["series"] += [{"metric": "bytesRx", "startTime": ELEVEN_MS, "tickInterval": 3_600_000, "data": [3_600]}]

        assert read([entry], sample_s=3_600).rows[0].metrics == {"latency_ms_rx": 9.0, "throughput_bps_rx": 8.0}

    @given(
        st.lists(
            objects(
                link=objects(internalId=st.sampled_from(["a", "b"])),
                linkId=st.integers(),
                series=st.lists(
                    objects(
                        metric=st.sampled_from(FIELDS),
                        startTime=st.integers(ELEVEN_MS - 10**6, ELEVEN_MS + 10**6) | st.integers(0, MAX_EPOCH_MS),
                        tickInterval=st.just(FIVE_MIN_MS),
                        data=st.lists(mostly(st.floats(0, 100) | st.text(max_size=3)), max_size=14),
                    ),
                    max_size=4,
                ),
            ),
            max_size=4,
        )
    )
    def test_any(self, entries: list[Any]) -> None:
        """Whatever a list holds, its readings are of the window, oldest first, and aligned."""
        found = read(msgspec.json.decode(encoded(entries)))

        assert all(HOUR.start <= row.start < HOUR.end and minute(row.start) % 5 == 0 for row in found.rows)
        assert [row.start for row in found.rows] == sorted(row.start for row in found.rows)

    @given(st.lists(JSON_VALUES, max_size=4))
    def test_any_json(self, entries: list[Any]) -> None:
        """Any list is readings and notes."""
        found = read(entries)

        assert reasons(found.skipped)["bad_link"] <= len(entries)


class TestEntries:
    def test_of_the_window(self) -> None:
        """Entries that reach into the window are taken, however much of them lies outside; so is what has no time."""
        early = latency([1, 2], start=ELEVEN_MS - FIVE_MIN_MS)

        assert entries_of(Raw(encoded(early)), HOUR, 300) == early
        assert entries_of(Raw(encoded([{"link": {}}])), HOUR, 300) == [{"link": {}}]
        assert entries_of(None, HOUR, 300) == []

    @pytest.mark.parametrize("start", [ELEVEN_MS // 1000, ELEVEN_MS + 86_400_000, ELEVEN_MS - 2 * FIVE_MIN_MS])
    def test_of_another_time(self, start: int) -> None:
        """Series that are all of another time, in seconds for example, are no answer: the words say when they begin."""
        with pytest.raises(WrongShape, match="they begin at"):
            entries_of(Raw(encoded(latency([1, 2], start=start))), HOUR, 300)
