from datetime import timedelta

from satark.runtime.groups import KafkaSettings
from satark.runtime.topics import partitions_of, plan, topic_config, wait_for
from satark.schemas.topics import Cleanup, Topic

SETTINGS = KafkaSettings(brokers="nowhere:1", partitions=6)


def topic(
    name: str, *, partitions: int | None = None, retention: timedelta | None = None, grows: bool = False
) -> Topic:
    """Return a topic of an imagined contract."""
    return Topic(
        name=name,
        description="d",
        key="k",
        partitions=partitions,
        retention=retention,
        grows=grows,
        config={"x": "y"},
    )


class TestPlan:
    def test_the_cluster_is_compared_with_the_contract(self) -> None:
        """Missing topics are to be created, small ones that grow are told, others are left alone."""
        wanted = [
            topic("absent"),
            topic("small", grows=True),
            topic("large"),
            topic("fixed", partitions=1),
            topic("kept"),
        ]

        found = plan(wanted, {"small": 3, "large": 12, "fixed": 1, "kept": 3, "other": 1}, SETTINGS)

        assert [one.name for one in found.create] == ["absent"]
        assert [(one.name, have) for one, have in found.too_few_partitions] == [("small", 3)]
        assert [one.name for one in found.present] == ["large", "fixed", "kept"]


class TestTopicConfig:
    def test_it_holds_cleanup_and_retention(self) -> None:
        """A topic's configuration has its policy, its own entries and, where it is limited, how long records are kept."""
        kept = topic("a", retention=timedelta(days=7))
        compacted = Topic(name="b", description="d", key="k", cleanup=Cleanup.COMPACT)

        assert topic_config(kept, 1) == {"cleanup.policy": "delete", "x": "y", "retention.ms": "604800000"}
        assert topic_config(compacted, 2) == {"cleanup.policy": "compact"}

    def test_three_copies_are_safe_on_two(self) -> None:
        """With three copies what is acknowledged is on two brokers; with fewer Kafka's default goes on when one is lost."""
        found = [topic_config(topic("a"), copies).get("min.insync.replicas") for copies in (1, 2, 3, 5)]

        assert [None, None, "2", "2"] == found

    def test_a_topic_scales_or_does_not(self) -> None:
        """A topic has its own number of partitions, or the setting's."""
        assert (partitions_of(topic("a"), SETTINGS), partitions_of(topic("b", partitions=2), SETTINGS)) == (6, 2)


class TestWaitFor:
    async def test_without_the_admin_api_there_is_nothing_to_wait_for(self) -> None:
        """On the embedded broker topics appear when they are touched: nothing is asked."""
        await wait_for(KafkaSettings(brokers="nowhere:1", topic_admin=False), ["satark.metrics.v1"])
