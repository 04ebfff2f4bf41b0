"""What `satark dlq` does: the shell that reads and writes Kafka."""

import argparse
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from typing import Any

import msgspec

from satark.runtime import letters
from satark.runtime.admin import Admin
from satark.runtime.commands.dlq import screen
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaError as KafkaError  # noqa: PLC0414 - the command catches both
from satark.runtime.kafka import KafkaUnavailableError as KafkaUnavailableError  # noqa: PLC0414 - as above
from satark.runtime.kafka import Producer, end_offsets, read_to_end
from satark.runtime.letters import Selection, Tally
from satark.runtime.records import OutgoingRecord, Record
from satark.runtime.terminal import console
from satark.schemas.topics import all_topics

CONNECT_ATTEMPTS = 5
BATCH_RECORDS = 200
BATCH_BYTES = 8_000_000


class UsageError(ValueError):
    """The arguments make no sense together, or name something that is not there."""


async def list_letters(settings: KafkaSettings, args: argparse.Namespace) -> int:
    """Show the newest letters of the selection, oldest first."""
    selection = Selection(reason=args.reason, since=args.since)
    found: deque[dict[str, Any]] = deque()
    for topic in _selected(await _existing(settings), args.topic):
        newest: deque[dict[str, Any]] = deque(maxlen=args.limit)
        async for letter in _letters(settings, topic, selection, newest=args.limit):
            newest.append(letters.summary(letter))
        found = deque(sorted([*found, *newest], key=lambda row: row["time"]), maxlen=args.limit)
    if args.json:
        for row in found:
            print(msgspec.json.encode(row).decode())  # noqa: T201 - a command's answer
    else:
        screen.show_list(console(), found)
    return 0


async def show_letter(settings: KafkaSettings, args: argparse.Namespace) -> int:
    """Show one letter whole, or write its value's bytes."""
    place = args.place
    if place.topic is None:
        raise UsageError("name the topic too: TOPIC/PARTITION/OFFSET")
    _selected(await _existing(settings), place.topic)
    start = await end_offsets(settings, place.topic)
    if place.offset >= start.get(place.partition, 0):
        raise UsageError(f"there is no {place.topic}/{place.partition}/{place.offset}")
    start[place.partition] = place.offset
    async with aclosing(read_to_end(settings, place.topic, start=start)) as records:
        letter = await anext(records, None)
    if letter is None or letter.offset != place.offset:
        raise UsageError(f"there is no {place.topic}/{place.partition}/{place.offset} any more")
    if args.raw:
        sys.stdout.buffer.write(letter.value or b"")
    else:
        screen.show_letter(console(), letter)
    return 0


async def replay_letters(settings: KafkaSettings, args: argparse.Namespace) -> int:
    """Count, ask, send. What is sent back stays in the topic of dead letters until its time is over."""
    existing = await _existing(settings)
    topics = _replayed_topics(existing, args)
    selection = Selection(
        reason=args.reason,
        since=args.since,
        places=frozenset((place.partition, place.offset) for place in args.offset),
    )
    planned = Tally()
    for topic in topics:
        async for letter in _letters(settings, topic, selection):
            planned.add(letter, letters.verdict(letter, existing))
    shown = console()
    screen.show_tally(shown, planned, "would be sent back" if args.dry_run else "to send back")
    if args.dry_run or not planned.replayed or not _confirmed(planned, asks=not args.yes):
        return 0
    done = Tally()
    try:
        await _replay(settings, selection, existing, planned, done)
    finally:
        screen.show_tally(shown, done, "sent back")
    return 0


ACTIONS: dict[str, Callable[[KafkaSettings, argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "list": list_letters,
    "show": show_letter,
    "replay": replay_letters,
}


async def _replay(
    settings: KafkaSettings, selection: Selection, existing: frozenset[str], planned: Tally, done: Tally
) -> None:
    async with Producer(settings, client_id="satark-dlq", connect_attempts=CONNECT_ATTEMPTS) as producer:
        for topic in sorted({topic for topic, _ in planned.ends}):
            batch: list[tuple[Record, OutgoingRecord]] = []
            async for letter in _letters(settings, topic, selection):
                if letter.offset > planned.ends.get((topic, letter.partition), -1):
                    continue
                outgoing = letters.verdict(letter, existing)
                if isinstance(outgoing, str):
                    done.add(letter, outgoing)
                    continue
                batch.append((letter, outgoing))
                if len(batch) >= BATCH_RECORDS or sum(len(o.value or b"") for _, o in batch) >= BATCH_BYTES:
                    await _send(producer, batch, done)
                    batch = []
            await _send(producer, batch, done)


async def _send(producer: Producer, batch: list[tuple[Record, OutgoingRecord]], done: Tally) -> None:
    await producer.send_all([outgoing for _, outgoing in batch])
    for letter, outgoing in batch:
        done.add(letter, outgoing)


async def _existing(settings: KafkaSettings) -> frozenset[str]:
    """Return the topics that exist; without the admin API those of the contract, which appear when touched."""
    if not settings.topic_admin:
        return frozenset(topic.name for topic in all_topics())
    async with Admin(settings, connect_attempts=CONNECT_ATTEMPTS) as admin:
        return frozenset(await admin.partitions_by_topic())


def _selected(existing: frozenset[str], name: str | None) -> list[str]:
    known = sorted(topic for topic in existing if topic.endswith(letters.SUFFIX))
    if name is None:
        return known
    topic = letters.dead_letter_topic(name)
    if topic not in known:
        raise UsageError(f"there is no topic {topic}; there are: {', '.join(known) or 'none'}")
    return [topic]


def _replayed_topics(existing: frozenset[str], args: argparse.Namespace) -> list[str]:
    if not (args.topic or args.reason or args.since or args.all):
        raise UsageError("say which: --topic, --reason, --since, --offset with --topic, or --all")
    if args.all and (args.topic or args.reason or args.since or args.offset):
        raise UsageError("--all means every letter: leave it out to select")
    if args.offset and not args.topic:
        raise UsageError("--offset needs --topic")
    named = {place.topic for place in args.offset if place.topic} - {letters.dead_letter_topic(args.topic or "")}
    if named:
        raise UsageError(f"--offset names {', '.join(sorted(named))}, --topic another")
    return _selected(existing, args.topic)


async def _letters(
    settings: KafkaSettings, topic: str, selection: Selection, *, newest: int | None = None
) -> AsyncIterator[Record]:
    """Yield the selected letters of a topic; where everything is selected, reading begins near the end."""
    start = None
    if newest is not None and selection == Selection():
        start = {partition: max(0, end - newest) for partition, end in (await end_offsets(settings, topic)).items()}
    async with aclosing(read_to_end(settings, topic, start=start)) as records:
        async for letter in records:
            if selection.includes(letter):
                yield letter


def _confirmed(planned: Tally, *, asks: bool) -> bool:
    if not asks or not sys.stdin.isatty():
        return True
    answer = input(f"Send {planned.replayed.total()} back? [y/N] ")
    return answer.strip().lower() in {"y", "yes"}
