"""Contender (a): aiokafka reads, msgspec decodes the contract's records, nothing is judged. The measure of all others.

Positions are committed once a second, as everybody's are. Run by bench/detector.py.
"""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer

from satark.schemas.codec import decode

GROUP = "rival-decode"
COMMIT_MS = 1_000
MAX_RECORDS = 500


async def main(brokers: str, topic: str) -> None:
    """Decode until ended."""
    points = 0
    async with AIOKafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=GROUP,
        auto_offset_reset="earliest",
        auto_commit_interval_ms=COMMIT_MS,
    ) as consumer:
        while True:
            for records in (await consumer.getmany(timeout_ms=COMMIT_MS, max_records=MAX_RECORDS)).values():
                for record in records:
                    points += len(decode(topic, record.value, record.headers).metrics)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
