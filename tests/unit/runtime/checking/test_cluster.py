import pytest

from satark.runtime.checking.cluster import Brokers, Partition, Present, Wanted, brokers_found, topic_found
from satark.runtime.checking.findings import State

WANTED = Wanted("t", 2, 3, {"cleanup.policy": "compact,delete", "retention.ms": "1000"})
CONFIG = {"cleanup.policy": "delete,compact", "retention.ms": "1000"}


def present(*, in_step: int = 3, led: bool = True, partitions: int = 2, copies: int = 3, **config: str) -> Present:
    """Return a topic as it is; of the configuration dots are written as underscores."""
    rows = tuple(Partition(number, copies, min(in_step, copies), led=led) for number in range(partitions))
    return Present(rows, CONFIG | {name.replace("_", "."): value for name, value in config.items()})


def test_a_topic_as_the_table_says_is_ok() -> None:
    """Policies may be in any order."""
    found = topic_found(WANTED, present())

    assert (State.OK, "2 partitions, 3 copies") == (found.state, found.detail)


def test_a_missing_topic_is_made_by_a_command() -> None:
    """The command that makes it is named."""
    found = topic_found(WANTED, None)

    assert (State.BAD, "missing", "satark topics apply") == (found.state, found.detail, found.todo)


@pytest.mark.parametrize(
    ("topic", "state", "detail"),
    [
        (present(led=False), State.BAD, "nobody leads partitions 0, 1"),
        (present(in_step=1), State.WARN, "copies of partitions 0, 1 are behind"),
        (present(partitions=1), State.WARN, "1 partitions, 2 wanted"),
        (present(copies=1), State.WARN, "1 copies, 3 wanted"),
        (present(cleanup_policy="delete"), State.BAD, "cleanup.policy is delete, compact,delete wanted"),
        (present(retention_ms="999"), State.WARN, "retention.ms is 999, 1000 wanted"),
    ],
)
def test_what_differs_is_said(topic: Present, state: State, detail: str) -> None:
    """Each difference has its words, and its weight."""
    found = topic_found(WANTED, topic)

    assert (state, detail) == (found.state, found.detail)
    assert found.todo


def test_several_differences_come_gravest_first() -> None:
    """The state is that of the gravest."""
    found = topic_found(WANTED, present(partitions=1, cleanup_policy="delete"))

    assert State.BAD == found.state
    assert "cleanup.policy is delete, compact,delete wanted; 1 partitions, 2 wanted" == found.detail


def test_what_may_not_be_seen_is_unknown() -> None:
    """A topic, or its configuration: neither is called wrong."""
    topic = topic_found(WANTED, None, hidden=True)
    config = topic_found(WANTED, Present(present().partitions, None))

    assert (State.UNKNOWN, "our user may not see it") == (topic.state, topic.detail)
    assert (State.UNKNOWN, "our user may not see its configuration") == (config.state, config.detail)


@pytest.mark.parametrize(("copies", "state"), [("1", State.WARN), ("2", State.OK), ("3", State.OK)])
def test_what_is_acknowledged_is_on_as_many_brokers_as_wanted(copies: str, state: State) -> None:
    """More than wanted is fine, fewer is not."""
    config = {"min.insync.replicas": copies}
    wanted = Wanted("t", 2, 3, {"min.insync.replicas": "2"})

    assert state == topic_found(wanted, Present(present().partitions, config)).state


@pytest.mark.parametrize("kept", ["-1", "5000"])
def test_what_is_kept_longer_is_fine(kept: str) -> None:
    """For ever, or longer than the table says."""
    assert State.OK == topic_found(WANTED, present(retention_ms=kept)).state


@pytest.mark.parametrize(
    ("least", "expected"), [(None, State.UNKNOWN), (0, State.WARN), (4, State.OK)], ids=["untold", "old", "new"]
)
def test_the_version_is_known_by_what_it_no_longer_speaks(least: int | None, expected: State) -> None:
    """Kafka 4 has dropped the first versions of Fetch."""
    brokers, version = brokers_found(Brokers(3, 1, least), 3)

    assert (State.OK, expected) == (brokers.state, version.state)


def test_fewer_brokers_than_copies_is_bad() -> None:
    """So many copies cannot be kept."""
    assert State.BAD == brokers_found(Brokers(2, 1, 4), 3)[0].state
