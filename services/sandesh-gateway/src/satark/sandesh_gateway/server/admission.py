"""Who gets a session: names that are taken, sessions that are resumed (sandesh.md 6.1, 8). Pure."""

from dataclasses import dataclass
from enum import Enum

from satark.sandesh.wire.control import Hello, Identity

MAX_PART_CHARACTERS = 255
"""A host's name has no more."""


class Verdict(Enum):
    """What becomes of a generator that introduces itself."""

    NEW = "new"
    RESUMED = "resumed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the name now: at which address, in which process, and whether the connection is up."""

    host: str
    pid: int
    session: int
    connected: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer; a refused generator is told nothing, its connection is closed for `reason`."""

    verdict: Verdict
    reason: str = ""


def admit(hello: Hello, host: str, holder: Holder | None, *, anybody: bool) -> Admission:
    """Decide about a generator that says hello from `host`.

    A name that is connected from another host is not given away unless `anybody` may have it: two daemons under one
    name are a mistake, or one of them is not what it says. From the same host the newer connection is the true one: the
    older is half open. A process that is back before its session was given up resumes it.
    """
    if problem := name_problem(hello.identity):
        return Admission(Verdict.REFUSED, problem)
    if holder is None:
        return Admission(Verdict.NEW)
    if holder.connected and holder.host != host and not anybody:
        return Admission(Verdict.REFUSED, f"{hello.identity} is connected from {holder.host}")
    if holder.connected or holder.pid != hello.pid or not hello.pid:
        return Admission(Verdict.NEW)
    return Admission(Verdict.RESUMED)


def name_problem(identity: Identity) -> str:
    """Return why an identity names no generator, or nothing.

    Its text must be as long as events allow, and must not be that of another identity: colons part it.
    """
    parts = (identity.source, identity.node_type, identity.module, identity.instance_id)
    if not identity.node_type or not identity.instance_id:
        return "a generator without node type or instance is no generator"
    if any(len(part) > MAX_PART_CHARACTERS for part in parts):
        return f"a part of the name has more than {MAX_PART_CHARACTERS} characters"
    if any(":" in part for part in parts[1:]):
        return "only the source of a generator's name may have a colon"
    return ""
