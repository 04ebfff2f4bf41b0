from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.counters import OTHERS, RX_NAMES, TX_NAMES, MessageCounters, as_stats, sent_and_dropped
from satark.sandesh.generator.messages.stats import SandeshMessageStats
from satark.sandesh.session.causes import RxCause, Tally, TxCause
from satark.sandesh.types import attributes

SENT = st.tuples(st.sampled_from("ab"), st.one_of(st.none(), st.sampled_from(TxCause)), st.integers(0, 999))
RECEIVED = st.tuples(st.sampled_from("ab"), st.one_of(st.none(), st.sampled_from(RxCause)), st.integers(0, 999))


def test_every_cause_has_a_name() -> None:
    """Each cause of loss has its counters on the wire, of messages and of bytes."""
    names = {each.name for each in SandeshMessageStats.__sandesh__.fields}
    wanted = {
        f"{what}_{direction}_dropped_{name}"
        for direction, known in (("sent", TX_NAMES.values()), ("received", RX_NAMES.values()))
        for name in known
        for what in ("messages", "bytes")
    }

    assert (set(TxCause), set(RxCause)) == (set(TX_NAMES), set(RX_NAMES))
    assert wanted <= names


@given(st.lists(SENT), st.lists(RECEIVED))
def test_sums(sent: list[tuple[str, TxCause | None, int]], received: list[tuple[str, RxCause | None, int]]) -> None:
    """What is told of all types is the sum of what is told of each, and nothing is lost on the way."""
    counters = MessageCounters()
    for name, tx_cause, length in sent:
        if tx_cause is None:
            counters.passed_on(name, length)
        else:
            counters.not_sent(name, tx_cause, length)
    for name, rx_cause, length in received:
        if rx_cause is None:
            counters.taken(name, length)
        else:
            counters.not_taken(name, rx_cause, length)
    told = counters.statistics()
    every = told.aggregate_stats
    assert every is not None

    for attribute in (each.attribute for each in SandeshMessageStats.__sandesh__.fields):
        parts = [getattr(each.stats, attribute) or 0 for each in told.type_stats or []]
        assert (getattr(every, attribute) or 0) == sum(parts), attribute
    assert len(sent) == (every.messages_sent or 0) + (every.messages_sent_dropped or 0)
    assert sum(length for *_, length in received) == (every.bytes_received or 0) + (every.bytes_received_dropped or 0)
    assert len([each for each in sent if each[1] is not None]) == sum(counters.lost().values())


def test_zeros() -> None:
    """What is 0 is not told."""
    tally = Tally()
    tally.passed(7)

    assert {"messages_sent": 1, "bytes_sent": 7} == attributes(as_stats(tally, Tally()))


def test_sent_and_dropped() -> None:
    """Of all types together every cause is told, zeros too, in order of the names."""
    counters = MessageCounters()
    counters.passed_on("a", 1)
    counters.not_sent("b", TxCause.NO_CLIENT)
    told = sent_and_dropped(counters.sent)

    assert (14, 1, 1, 0) == (len(told), told["sent"], told["dropped_no_client"], told["dropped_no_queue"])
    assert list(told) == sorted(told)


def test_bound() -> None:
    """Types beyond the bound are counted together."""
    counters = MessageCounters(max_types=2)
    for name in "abcd":
        counters.taken(name, 1)
    counters.taken("a", 1)

    assert {"a": 2, "b": 1, OTHERS: 2} == {name: each.messages for name, each in counters.received.items()}
