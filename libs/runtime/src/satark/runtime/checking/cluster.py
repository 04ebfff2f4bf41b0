"""Findings on the brokers and on the topics of the contract. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from satark.runtime.checking.findings import Finding, State

BROKERS = "kafka"
TOPICS = "topics"
APPLY = "satark topics apply"
RIGHTS = "docs/how-to/check.md#rights"
FETCH_SINCE_4 = 4
"""Kafka 4.0 removed the versions of Fetch below this one (KIP-896)."""

FOREVER = -1
POLICY = "cleanup.policy"
KEPT = "retention.ms"
SAFE = "min.insync.replicas"


@dataclass(frozen=True, slots=True)
class Brokers:
    """The brokers that answered. `least_fetch` is the lowest version of the Fetch request that they still know."""

    count: int
    controller: int
    least_fetch: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic as the contract and the settings want it."""

    name: str
    partitions: int
    copies: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition: how many copies it should have, how many are in step, and whether anybody leads it."""

    number: int
    copies: int
    in_step: int
    led: bool = True


@dataclass(frozen=True, slots=True)
class Present:
    """A topic as it is. The configuration is empty where the broker has no API for it, None where we may not ask."""

    partitions: tuple[Partition, ...]
    config: Mapping[str, str] | None = field(default_factory=dict)


def unreachable(reason: str) -> list[Finding]:
    """Return the finding that no broker answers; there is nothing else to say of Kafka then."""
    return [Finding(part=BROKERS, what="brokers", state=State.BAD, detail=reason, todo="docs/how-to/run-it.md#kafka")]


def brokers_found(brokers: Brokers, copies: int) -> list[Finding]:
    """Return how it is with the brokers; `copies` is how many each partition should have."""
    few = brokers.count < copies
    detail = f"{brokers.count} answer, {brokers.controller} is the controller"
    if few:
        detail += f"; {copies} copies of each partition need as many"
    found = [
        Finding(
            part=BROKERS,
            what="brokers",
            state=State.BAD if few else State.OK,
            detail=detail,
            todo="docs/how-to/run-it.md#kafka" if few else "",
        )
    ]
    return [*found, _version(brokers.least_fetch)]


def topic_found(wanted: Wanted, present: Present | None, *, hidden: bool = False) -> Finding:
    """Return how a topic is beside what the contract says of it; `hidden` says that we may not see it."""
    if hidden:
        detail = "our user may not see it"
        return Finding(part=TOPICS, what=wanted.name, state=State.UNKNOWN, detail=detail, todo=RIGHTS)
    if present is None:
        return Finding(part=TOPICS, what=wanted.name, state=State.BAD, detail="missing", todo=APPLY)
    wrong = sorted(_wrong(wanted, present), key=lambda one: tuple(State).index(one[0]), reverse=True)
    if not wrong:
        detail = f"{len(present.partitions)} partitions, {_copies(present)} copies"
        return Finding(part=TOPICS, what=wanted.name, state=State.OK, detail=detail)
    text = "; ".join(text for _, text in wrong)
    return Finding(part=TOPICS, what=wanted.name, state=wrong[0][0], detail=text, todo="docs/how-to/run-it.md#topics")


def _version(least_fetch: int | None) -> Finding:
    if least_fetch is None:
        return Finding(part=BROKERS, what="version", state=State.UNKNOWN, detail="the broker does not tell")
    if least_fetch < FETCH_SINCE_4:
        detail = "older than 4.0; Satark is tested with Kafka 4"
        return Finding(
            part=BROKERS, what="version", state=State.WARN, detail=detail, todo="docs/how-to/upgrade.md#kafka"
        )
    return Finding(part=BROKERS, what="version", state=State.OK, detail="4.0 or newer")


def _wrong(wanted: Wanted, present: Present) -> Iterable[tuple[State, str]]:
    leaderless = [partition.number for partition in present.partitions if not partition.led]
    behind = [p.number for p in present.partitions if p.led and p.in_step < p.copies]
    if leaderless:
        yield State.BAD, f"nobody leads partitions {_numbers(leaderless)}"
    if behind:
        yield State.WARN, f"copies of partitions {_numbers(behind)} are behind"
    if len(present.partitions) < wanted.partitions:
        yield State.WARN, f"{len(present.partitions)} partitions, {wanted.partitions} wanted"
    if _copies(present) < wanted.copies:
        yield State.WARN, f"{_copies(present)} copies, {wanted.copies} wanted"
    if present.config is None:
        yield State.UNKNOWN, "our user may not see its configuration"
        return
    for name, value in wanted.config.items():
        have = present.config.get(name)
        if have is not None and not _serves(name, value, have):
            yield State.BAD if name == POLICY else State.WARN, f"{name} is {have}, {value} wanted"


def _serves(name: str, wanted: str, have: str) -> bool:
    if name == POLICY:
        return _words(wanted) == _words(have)
    if name == KEPT:
        return int(have) == FOREVER or int(have) >= int(wanted)
    if name == SAFE:
        return int(have) >= int(wanted)
    return have == wanted


def _words(text: str) -> set[str]:
    return {word.strip() for word in text.split(",")}


def _copies(present: Present) -> int:
    return min((partition.copies for partition in present.partitions), default=0)


def _numbers(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers[:10]) + (" …" if len(numbers) > 10 else "")  # noqa: PLR2004 - a line's worth
