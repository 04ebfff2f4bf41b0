"""Whether a topic is there: a reader of one that is not would wait for it."""

from difflib import get_close_matches

from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings

CONNECT_ATTEMPTS = 5


class UnknownTopicError(LookupError):
    """There is no such topic; the message names what is near."""


async def check_topic(settings: KafkaSettings, topic: str) -> None:
    """Raise UnknownTopicError for a topic that is not there; without the admin API nobody knows.

    Raises KafkaError and KafkaUnavailableError.
    """
    if not settings.topic_admin:
        return
    async with Admin(settings, connect_attempts=CONNECT_ATTEMPTS) as admin:
        known = await admin.partitions_by_topic()
    if topic not in known:
        near = get_close_matches(topic, known, n=1)
        raise UnknownTopicError(f"there is no topic {topic}" + (f"; did you mean {near[0]}?" if near else ""))
