from bench import restart
from bench.restart import Took
from bench.rivals.world import World
from satark.detector.detection.detection import Detection
from satark.detector.rules import default_rulebook
from satark.schemas.topics import DETECTOR_CHANGELOG


class TestTook:
    def test_is_compared_by_clock_and_cpu(self) -> None:
        """Ratios and differences are of each time for itself."""
        assert "    3.00x     2.00x" == Took(6.0, 2.0).over(Took(2.0, 1.0))
        assert Took(4.0, 1.0) == Took(6.0, 2.0) - Took(2.0, 1.0)

    def test_best_is_each_time_for_itself(self) -> None:
        """Other work on the machine may slow the clock of one round and the CPU of another."""
        assert Took(1.0, 2.0) == restart.best([Took(1.0, 3.0), Took(4.0, 2.0)])


class TestStates:
    def test_each_link_has_one_that_the_engine_reads(self) -> None:
        """The changelog is what a detector wrote: it loads without a loss."""
        records = [*restart.states(World(links=5, buckets=3))]
        detection = Detection(default_rulebook())

        lost = detection.load([(record.key.decode(), record.value) for record in records])

        assert {} == lost
        assert 5 == len(detection)
        assert {DETECTOR_CHANGELOG} == {record.topic for record in records}
