import re
from datetime import timedelta

import pytest

from satark.schemas.codec import EVENT_TYPES
from satark.schemas.topics import (
    ANOMALIES,
    BY_EVENT,
    BY_NAME,
    COMMAND,
    DEAD_LETTER_RETENTION,
    METRICS,
    TOPICS,
    UVES,
    Cleanup,
    Topic,
    all_topics,
    dead_letter_topics,
)


def test_names_each_topic_once() -> None:
    """The table and its dead letters have no name twice."""
    assert len(all_topics()) == len({topic.name for topic in all_topics()})


def test_gives_each_event_one_topic() -> None:
    """Where an event travels is never a choice."""
    assert len(BY_EVENT) == sum(len(topic.events) for topic in TOPICS)
    assert set(EVENT_TYPES) == set(BY_EVENT)


def test_finds_topics_by_name() -> None:
    """Only the table's own topics are there, not the dead letters."""
    assert {topic.name: topic for topic in TOPICS} == BY_NAME


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.events], ids=lambda topic: topic.name)
def test_has_the_version_in_the_name(topic: Topic) -> None:
    """An incompatible change is a new topic."""
    assert re.fullmatch(r"satark\.[a-z-]+\.v[1-9]", topic.name)


@pytest.mark.parametrize("topic", all_topics(), ids=lambda topic: topic.name)
def test_bounds_what_is_kept(topic: Topic) -> None:
    """A topic forgets by time or by key."""
    assert topic.retention is not None or topic.cleanup is Cleanup.COMPACT


def test_keeps_dead_letters_of_what_others_write() -> None:
    """Each has one partition, is written by the services that read its topic, and outlives it."""
    letters = dead_letter_topics()

    assert {f"{METRICS}.dlq", f"{UVES}.dlq", f"{ANOMALIES}.dlq"} <= {topic.name for topic in letters}
    assert [
        [name for name in topic.consumers if not name.startswith(COMMAND)] for topic in TOPICS if topic.dead_letters
    ] == [list(topic.producers) for topic in letters]
    assert {(1, False, False, DEAD_LETTER_RETENTION)} == {
        (topic.partitions, topic.public, topic.dead_letters, topic.retention) for topic in letters
    }
    assert timedelta(days=30) == DEAD_LETTER_RETENTION


def test_lists_the_table_before_the_dead_letters() -> None:
    """All topics that must exist, in a stable order."""
    assert (*TOPICS, *dead_letter_topics()) == all_topics()
