"""Going from step to step towards more partitions; each can be interrupted, and the next call goes on (docs/adr/0027)."""

import asyncio
from collections.abc import Callable

from satark.runtime.growth.cluster import Cluster
from satark.runtime.growth.layout import LAST, STATE, WRITTEN, GrowthError, Step, judged, next_step, to_add

Say = Callable[[str], None]

FOLLOWING_S = 30.0
"""Who writes learns of new partitions within ten seconds, and a gateway of where withdrawals go within ten more."""

JOINING_S = 5.0
"""A detector that looked at the topics just before they changed has joined the group by then."""

STOP = "next: when the detectors have judged what is left, stop them all and repeat this"
JOINED = "a detector has joined: stop it, and repeat this"


async def grow(cluster: Cluster, wanted: int, say: Say) -> bool:
    """Do what can be done now; return whether that was all.

    Raises GrowthError with what is to be done first, TopicCreationError, KafkaError or OSError.
    """
    standing = await cluster.standing()
    step = next_step(standing, wanted)
    have = judged(standing.counts)
    if step is Step.NOTHING:
        say(f"there are {wanted} partitions, as wanted")
        return True
    if step is Step.ADD:
        await _add(cluster, to_add(standing.counts, WRITTEN, wanted), say)
    if step in {Step.ADD, Step.NOTE}:
        say(f"waiting {FOLLOWING_S:g} s, until all who write know of the new partitions")
        await asyncio.sleep(FOLLOWING_S)
        await cluster.note_ends(have)
        say(STOP)
        return False
    await _move(cluster, standing.counts[LAST], wanted, say)
    say("done: start the detectors")
    return True


async def _move(cluster: Cluster, before: int, after: int, say: Say) -> None:
    counts = (await cluster.standing()).counts
    await _add(cluster, to_add(counts, STATE, after), say)
    # From now on no detector begins; one that looked before this is in the group when the wait is over.
    await asyncio.sleep(JOINING_S)
    await _alone(cluster)
    for topic in STATE:
        found = await cluster.moves(topic, before, after)
        await cluster.write(found.copies())
        await cluster.write(found.removals())
        say(f"moved    {found.count} rows of {topic}")
        if found.strangers:
            say(f"left     {found.strangers} rows whose writer places keys by another rule than Kafka's own clients")
    await _alone(cluster)
    await _add(cluster, {LAST: after}, say)


async def _add(cluster: Cluster, counts: dict[str, int], say: Say) -> None:
    if counts:
        await cluster.add(counts)
    for name, count in counts.items():
        say(f"added    {name} has {count} partitions")


async def _alone(cluster: Cluster) -> None:
    if await cluster.members():
        raise GrowthError(JOINED)
