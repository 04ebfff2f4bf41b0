"""Ledger: what was published is known, and can be learnt again from the offsets it gives."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.ledger import MAX_BUCKETS, Ledger
from tests.unit.poller.doubles import NOON

STEP = timedelta(minutes=5)


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
        assert ledger.offsets() == {0: 2}

    def test_forget(self) -> None:
        """Forgetting moves the beginning and drops what is older, entities included."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.add("a", NOON, 0, 3)
        ledger.add("b", NOON + 2 * STEP, 0, 4)
        ledger.forget(NOON + STEP)

        assert ledger.since == NOON + STEP
        assert len(ledger) == 1
        assert ledger.holds("b", NOON + 2 * STEP)
        assert ledger.offsets() == {0: 4}

    def test_forget_backwards(self) -> None:
        """Forgetting what is forgotten already changes nothing."""
        ledger = Ledger(since=NOON, sample_s=300)
        ledger.forget(NOON - STEP)

        assert ledger.since == NOON

    def test_offsets_go_on(self) -> None:
        """Partitions without anything to remember go on where they are."""
        ledger = Ledger(since=NOON, sample_s=300, offsets={0: 5, 1: 9})
        ledger.add("a", NOON, 1, 11)

        assert ledger.offsets() == {0: 5, 1: 11}

    @given(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(0, 2)), unique_by=lambda row: row[:2]
        ),
        st.integers(0, 40),
    )
    def test_learnt_again(self, rows: list[tuple[str, int, int]], forgotten: int) -> None:
        """A ledger that reads the log from the given offsets knows the same."""
        ends = [0, 0, 0]
        log = []
        ledger = Ledger(since=NOON, sample_s=300)
        for entity, bucket, partition in rows:
            log.append((entity, NOON + bucket * STEP, partition, ends[partition]))
            ledger.add(*log[-1])
            ends[partition] += 1
        ledger.forget(NOON + forgotten * STEP)
        offsets = ledger.offsets()
        again = Ledger(since=ledger.since, sample_s=300, offsets=offsets)
        for entity, time, partition, offset in log:
            if offset >= offsets[partition]:
                again.add(entity, time, partition, offset)

        known = [(e, b) for e in "abc" for b in range(41) if ledger.holds(e, NOON + b * STEP)]
        assert known == [(e, b) for e in "abc" for b in range(41) if again.holds(e, NOON + b * STEP)]
        assert again.offsets() == offsets
