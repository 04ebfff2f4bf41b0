"""What the gateway tells of its generators, from their books. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from satark.sandesh.types import Level
from satark.sandesh_gateway.citizen.messages.collector import (
    CollectorInfo,
    CollectorQueueInfo,
    CollectorState,
    GeneratorBook,
    GeneratorInfo,
    GeneratorInfoAttr,
    GeneratorSummaryInfo,
    ModuleServerState,
    SandeshDropInfo,
    SandeshMessageInfo,
    SandeshModuleServerTrace,
)
from satark.sandesh_gateway.server.generators import Generator

MOST_SUMMARIES = 2_000
"""Generators that fit into one UVE of the gateway; the books of all are behind the request."""


def server_trace(generator: Generator, collector: str) -> SandeshModuleServerTrace:
    """A generator as this gateway sees it: its connections, what came by type and level, and what was dropped."""
    attributes = GeneratorInfoAttr(
        connects=generator.connects,
        connect_time=_us(generator.connected_at),
        resets=generator.resets,
        reset_time=_us(generator.reset_at),
        in_clear=not generator.connected,
    )
    books = generator.books
    messages = [
        SandeshMessageInfo(
            type=name,
            level=level_name(level),
            messages=count,
            bytes=length,
            last_msg_timestamp=max(0, books.accounts[name].at_us),
        )
        for (name, level), (count, length) in sorted(books.by_level.items())
    ]
    dropped = [
        SandeshDropInfo(type=name, cause=cause, messages=count)
        for name, account in sorted(books.accounts.items())
        for cause, count in sorted((account.dropped + account.dead_lettered).items())
    ]
    return SandeshModuleServerTrace(
        data=ModuleServerState(
            name=generator.name,
            generator_info=[GeneratorInfo(hostname=collector, gen_attr=attributes)],
            msg_stats=messages,
            msg_dropped=dropped,
            sm_queue_count=books.pending,
            sm_queue_bytes=max(0, generator.pending_bytes),
            sm_drop_level=level_name(generator.drop_level),
        )
    )


def collector_info(
    name: str, *, addresses: Sequence[str], build: str, generators: Iterable[Generator], queue: CollectorQueueInfo
) -> CollectorInfo:
    """The gateway itself."""
    state = CollectorState(
        name=name,
        self_ip_list=list(addresses),
        build_info=build,
        generator_infos=[summary(each) for each in list(generators)[:MOST_SUMMARIES]],
        queue=queue,
    )
    return CollectorInfo(data=state)


def summary(generator: Generator) -> GeneratorSummaryInfo:
    """A generator in one line."""
    who = generator.identity
    return GeneratorSummaryInfo(
        source=who.source,
        module_id=who.module,
        state="Established" if generator.connected else "Idle",
        instance_id=who.instance_id,
        node_type=who.node_type,
    )


def generator_books(generators: Iterable[Generator]) -> list[GeneratorBook]:
    """All accounts of these generators, a line each."""
    return [
        GeneratorBook(
            generator=generator.name,
            type=name,
            received=account.received,
            published=account.published,
            dropped=account.dropped.total(),
            dead_lettered=account.dead_lettered.total(),
            pending=account.pending,
        )
        for generator in generators
        for name, account in sorted(generator.books.accounts.items())
    ]


def level_name(level: int) -> str:
    """Return a level's name, or its number."""
    try:
        return Level(level).name
    except ValueError:
        return "INVALID" if level > Level.INVALID else str(level)


def _us(time: datetime | None) -> int:
    return int(time.timestamp() * 1_000_000) if time is not None else 0
