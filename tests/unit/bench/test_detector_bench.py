from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from bench import detector
from bench.rivals.measure import Measured
from bench.rivals.world import FAULT_BUCKETS, KNOWN_BUCKETS, KNOWN_LINKS, World, is_known, world
from satark.schemas.codec import Encoded, decode
from satark.schemas.metrics import MetricSample

NOW = datetime(2026, 11, 21, 12, 1, tzinfo=UTC)


def samples(records: Iterable[Encoded]) -> list[MetricSample]:
    """Return records decoded."""
    return [decode(record.topic, record.value, record.headers) for record in records]


def measured(contender: str, points: int, cpu_s: float, *, right: bool = True) -> Measured:
    """Return a complete run of a thousand series that took as long by the clock as by CPU."""
    return Measured(contender, 1_000, points, cpu_s, cpu_s, 120.0, right=right, complete=True)


class TestWorld:
    def test_size_follows_points_and_series(self) -> None:
        """Six points a record, six series a link, and as many samples of each link as give the points."""
        assert world(1_200_000, 1_200) == World(links=200, buckets=1_000)
        assert world(1, 1) == World(links=1, buckets=1)

    def test_is_the_same_every_time(self) -> None:
        """Two readings of one world give the same bytes."""
        assert [*World(3, 5).measured(NOW)] == [*World(3, 5).measured(NOW)]
        assert [*World(3, 5).scene(NOW)] == [*World(3, 5).scene(NOW)]

    def test_time_never_goes_back_and_ends_now(self) -> None:
        """The scene lies before the measured part, and nothing lies ahead of the clock."""
        told = World(3, 5)
        times = [sample.time for sample in samples([*told.scene(NOW), *told.measured(NOW)])]

        assert sorted(times) == times
        assert times[-1] == datetime(2026, 11, 21, 11, 55, tzinfo=UTC)
        assert len(times) == KNOWN_LINKS * KNOWN_BUCKETS + told.records

    def test_faults_of_the_scene_are_on_the_named_links_only(self) -> None:
        """Half of the links have one metric far off for three samples; all others stay within a floor of the usual."""
        found = {
            sample.entity
            for sample in samples(World(1, 1).scene(NOW))
            if any(value > 25 for value in sample.metrics.values())
        }

        assert World(1, 1).faulty == found
        assert KNOWN_LINKS // 2 == len(found)
        assert all(is_known(entity) for entity in found)

    def test_few_measured_links_are_in_trouble(self) -> None:
        """One link of five hundred has a fault, in the same places of the day."""
        troubled = {
            sample.entity for sample in samples(World(501, 15).measured(NOW)) if max(sample.metrics.values()) > 25
        }

        assert 15 > FAULT_BUCKETS.start
        assert {"wan-link/bench/4101/000000", "wan-link/bench/4101/000500"} >= troubled
        assert troubled


class TestChosen:
    def test_words_are_beginnings_of_names(self) -> None:
        """One word chooses all methods of Satark, no word everybody."""
        all_of_them = detector.field(["seed", "robust"], {})

        assert ["decode", "satark-seed", "satark-robust"] == [*detector.chosen(all_of_them, "satark,decode")]
        assert all_of_them == detector.chosen(all_of_them, "")

    def test_a_word_for_nobody_is_refused(self) -> None:
        """The message says who there is."""
        with pytest.raises(ValueError, match="nobody is called flink: there are decode, faust"):
            detector.chosen(detector.field(["seed"], {}), "flink")


class TestTable:
    def test_ratios_are_of_cpu(self) -> None:
        """Satark at half of decoding alone: 50 %, and 0.50 times as quick."""
        rows = {
            ("decode", 1_000): measured("decode only", 600_000, 3.0),
            ("satark-seed", 1_000): measured("satark seed", 600_000, 6.0),
        }

        _, alone, own = detector.table(rows)

        assert "100%       0.50x      5.00" in alone
        assert "50%       1.00x     10.00" in own

    def test_wrong_incidents_are_shown(self) -> None:
        """Who told other links than those with a fault is marked, and has no ratio where nobody else ran."""
        _, line = detector.table({("quix", 1_000): measured("Quix Streams", 6_000, 1.0, right=False)})

        assert line.endswith("WRONG")
        assert "nan" in line

    def test_a_run_that_came_to_nothing_is_shown(self) -> None:
        """Who has committed nothing in time has a line too, and nobody is compared with it."""
        rows = {("faust", 1_000): measured("plain Faust", 0, 1.0), ("satark-seed", 1_000): measured("seed", 6_000, 1.0)}

        _, line, _ = detector.table(rows)

        assert "nanx       inf" in line

    def test_targets_are_judged_by_size(self) -> None:
        """Each rival that ran has a line; how flat the cost is takes two sizes."""
        rows = {
            ("streams", 1_000): measured("Kafka Streams", 600_000, 3.0),
            ("satark-seed", 1_000): measured("satark seed", 600_000, 2.0),
            ("satark-seed", 10_000): measured("satark seed", 600_000, 3.0),
        }

        assert [
            "satark seed, 1,000 series: at least as much as Kafka Streams: 1.50 yes",
            "satark-seed: CPU of a point from the fewest series to the most: 1.50 times",
        ] == [*detector.verdicts(rows)]
