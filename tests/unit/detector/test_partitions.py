from satark.detector.partitions import ALL, Limited, partitions_of
from satark.detector.uves.envelopes import states_of
from satark.detector.uves.output import Output
from satark.runtime.groups import KafkaSettings
from satark.schemas.topics import GROUP_NOTICES, METRICS, UVES


class Known:
    """A cluster that knows two topics."""

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        """Return six partitions of one, three of the other, and none of what is not known."""
        return {METRICS: {0, 1, 2, 3, 4, 5}, GROUP_NOTICES: {0, 1, 2}}.get(topic)


def test_partitions_beyond_the_limit_are_not_there() -> None:
    """Topics without a limit, and ones that are not known, are as they are."""
    limited = Limited(Known(), {METRICS: 3, UVES: 3})

    assert [{0, 1, 2}, {0, 1, 2}, None] == [
        limited.partitions_for_topic(topic) for topic in (METRICS, GROUP_NOTICES, UVES)
    ]


async def test_without_the_admin_api_there_is_no_limit() -> None:
    """On the embedded broker nobody adds partitions, and nothing is asked."""
    settings = KafkaSettings(brokers="nowhere:1", topic_admin=False)

    assert ALL == await partitions_of(settings, on_moving=lambda: None)


def test_states_go_on_to_where_they_always_went() -> None:
    """With more partitions of shares than of states, an object's states stay in one."""
    output = Output((), (), (("ObjectVNTable:a", None),), (), ())

    assert [1, 4] == [record.partition for limit in (3, None) for record in states_of(4, output, limit)]
