"""The reference of topics."""

from satark.runtime.docsgen.markdown import code, codes, page, table
from satark.schemas.codec import EVENT_TYPES
from satark.schemas.topics import Topic, all_topics


def topics_page(partitions: int) -> str:
    """Return the page of all topics. `partitions` is what topics that scale have by default."""
    topics = all_topics()
    public = [topic for topic in topics if topic.public]
    internal = [topic for topic in topics if not topic.public]
    return page(
        "Topics",
        "`satark topics apply` creates them. A public topic is there for anyone to read; its events change compatibly "
        "only, and an incompatible change gets a new topic with the next version in its name. "
        f"Topics are made with as many partitions as `SATARK_KAFKA_PARTITIONS` says ({partitions} by default); those that "
        "scale can be given [more](../how-to/add-partitions.md).",
        "## Public topics",
        *(block for topic in public for block in _topic(topic, partitions)),
        "## Internal topics",
        *(block for topic in internal for block in _topic(topic, partitions)),
    )


def _topic(topic: Topic, partitions: int) -> tuple[str, str, str]:
    retention = "the latest record of each key" if topic.retention is None else f"{topic.retention.days} days"
    rows = [
        ("key", topic.key),
        ("partitions", str(topic.partitions or partitions) + " (scales)" * topic.grows),
        ("cleanup", code(topic.cleanup.value)),
        ("kept", retention),
        ("events", ", ".join(_event(EVENT_TYPES[event]) for event in topic.events) or "raw bytes"),
        ("producers", codes(topic.producers)),
        ("consumers", codes(topic.consumers)),
        ("dead letters", code(topic.dead_letter_name) if topic.dead_letters else "none"),
        *((code(name), code(value)) for name, value in sorted(topic.config.items())),
    ]
    return f"### {topic.name}", topic.description, table(("", ""), rows)


def _event(ce_type: str) -> str:
    return f"[{code(ce_type)}](events.md#{ce_type.replace('.', '')})"
