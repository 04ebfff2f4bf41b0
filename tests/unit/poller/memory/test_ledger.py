"""Ledger: what was published is known, and can be learnt again from the offsets it gives."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.memory.ledger import MAX_BUCKETS, Ledger
from tests.unit.poller.doubles import NOON

STEP = timedelta(minutes=5)
PARTITIONS = 3
Row = tuple[str, int, int]
"""Entity, sample counted from noon, and partition."""

ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(-10, 40), st.integers(0, PARTITIONS - 1)),
    unique_by=lambda row: row[:2],
)


class Log:
    """The samples' topic: what was written, by partition and offset. Others write to it too."""

    def __init__(self) -> None:
        self.records: list[list[tuple[str, int] | None]] = [[] for _ in range(PARTITIONS)]

    def write(self, row: Row, ledger: Ledger) -> None:
        """Append a record of another writer and ours, and enter ours."""
        entity, bucket, partition = row
        self.records[partition] += [None, (entity, bucket)]
        ledger.add(entity, NOON + bucket * STEP, partition, len(self.records[partition]) - 1)

    def learn(self, ledger: Ledger, offsets: dict[int, int]) -> None:
        """Enter what lies behind the offsets, as a restart does."""
        for partition, records in enumerate(self.records):
            for offset in range(offsets.get(partition, 0), len(records)):
                ledger.passed(partition, offset)
                if (record := records[offset]) is not None:
                    ledger.add(record[0], NOON + record[1] * STEP, partition, offset)


def known(ledger: Ledger, since: int = -20) -> set[tuple[str, int]]:
    """Return what a ledger holds from a sample on."""
    return {(e, b) for e in "abc" for b in range(since, 60) if ledger.holds(e, NOON + b * STEP)}


class TestLedger:
    def test_holds_what_was_added(self) -> None:
        """A published bucket is known, its neighbours and other entities are not."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.add("a", NOON + STEP, 0, 7)

        assert ledger.holds("a", NOON + STEP)
        assert not ledger.holds("a", NOON)
        assert not ledger.holds("b", NOON + STEP)
        assert len(ledger) == 1

    def test_before_and_far_ahead(self) -> None:
        """What lies before the beginning, or absurdly far ahead, is not remembered."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.add("a", NOON - STEP, 0, 0)
        ledger.add("a", NOON + MAX_BUCKETS * STEP, 0, 1)

        assert len(ledger) == 0
        assert ledger.offsets(NOON) == {0: 2}

    def test_forget(self) -> None:
        """Forgetting moves the beginning and drops what is older, entities included."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.add("a", NOON, 0, 3)
        ledger.add("b", NOON + 2 * STEP, 0, 4)
        ledger.forget(NOON + STEP)

        assert ledger.since == NOON + STEP
        assert len(ledger) == 1
        assert ledger.holds("b", NOON + 2 * STEP)
        assert ledger.offsets(NOON) == {0: 4}

    def test_forget_backwards(self) -> None:
        """Forgetting what is forgotten already changes nothing."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.forget(NOON - STEP)

        assert ledger.since == NOON

    def test_offsets_go_on(self) -> None:
        """Partitions without anything to remember go on where they are."""
        ledger = Ledger(since=NOON, sample_s=300, offsets={0: 5, 1: 9})
        ledger.add("a", NOON, 1, 11)

        assert ledger.offsets(NOON) == {0: 5, 1: 11}

    def test_offsets_since(self) -> None:
        """Who wants to know less has less to read."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.add("a", NOON, 0, 3)
        ledger.add("a", NOON + STEP, 0, 4)

        assert [ledger.offsets(NOON + n * STEP) for n in range(3)] == [{0: 3}, {0: 4}, {0: 5}]

    def test_resume(self) -> None:
        """A first start begins where partitions end."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.resume({0: 5, 1: 0})

        assert ledger.offsets(NOON) == {0: 5, 1: 0}

    def test_late_sample(self) -> None:
        """A sample that was published long after its neighbours does not hide them from a reader."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.add("a", NOON + STEP, 0, 3)
        ledger.add("a", NOON, 0, 9)

        assert ledger.offsets(NOON) == {0: 3}

    @given(ROWS, st.lists(st.integers(-10, 45), max_size=3))
    def test_model(self, rows: list[Row], forgotten: list[int]) -> None:
        """A ledger holds exactly what was added since its beginning, forgotten or not yet."""
        ledger, log = Ledger(since=NOON, sample_s=300), Log()
        for number, row in enumerate(rows):
            log.write(row, ledger)
            if number < len(forgotten):
                ledger.forget(NOON + forgotten[number] * STEP)
        since = max([0, *forgotten[: len(rows)]])

        assert ledger.since == NOON + since * STEP
        assert {(entity, bucket) for entity, bucket, _ in rows if bucket >= since} >= known(ledger)
        assert known(ledger) == {
            (entity, bucket)
            for number, (entity, bucket, _) in enumerate(rows)
            if bucket >= max([0, *forgotten[:number]]) and bucket >= since
        }

    @given(ROWS, st.integers(-10, 40), st.integers(-10, 50))
    def test_learnt_again(self, rows: list[Row], forgotten: int, since: int) -> None:
        """Whoever reads the log from the given offsets learns everything since then, after each further publication."""
        ledger, log = Ledger(since=NOON, sample_s=300), Log()
        for number, row in enumerate(rows):
            log.write(row, ledger)
            if number == len(rows) // 2:
                ledger.forget(NOON + forgotten * STEP)
            offsets = ledger.offsets(NOON + since * STEP)
            again = Ledger(since=NOON + since * STEP, sample_s=300, offsets=offsets)
            log.learn(again, offsets)
            assert known(again, since) >= known(ledger, since)

    @given(ROWS, ROWS)
    def test_two_restarts(self, first: list[Row], second: list[Row]) -> None:
        """A ledger that was learnt gives offsets that are as good as those of the one before."""
        ledger, log = Ledger(since=NOON, sample_s=300), Log()
        for row in first:
            log.write(row, ledger)
        offsets = ledger.offsets(NOON)
        again = Ledger(since=NOON, sample_s=300, offsets=offsets)
        log.learn(again, offsets)
        for row in second:
            log.write(row, again)
        offsets = again.offsets(NOON)
        third = Ledger(since=NOON, sample_s=300, offsets=offsets)
        log.learn(third, offsets)

        expected = {(entity, bucket) for entity, bucket, _ in first + second if bucket >= 0}
        assert known(third) == known(again) == expected
