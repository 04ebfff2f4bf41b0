"""What a check finds out: one thing each, how it is with it, and what to do. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import groupby

from msgspec import Struct

FOLDED_FROM = 6
"""So many things of one part of which the same is to be said are one line: what is not well must not drown."""

NAMED = 3
"""Of many names so many are said; who wants all asks with the command that lists them."""


class State(StrEnum):
    """How it is with one thing."""

    OK = "ok"
    WARN = "warn"
    UNKNOWN = "unknown"
    BAD = "bad"


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was looked at. `todo` is a command, or a place in the documentation."""

    part: str
    what: str
    state: State
    detail: str = ""
    todo: str = ""


def exit_status(findings: Iterable[Finding]) -> int:
    """Return 0 when all is well, 2 when anything is bad, and 1 for what is between."""
    states = {finding.state for finding in findings}
    return 2 if State.BAD in states else int(states - {State.OK} != set())


def worst(states: Iterable[State]) -> State:
    """Return the gravest of some states, `ok` of none."""
    return max(states, key=tuple(State).index, default=State.OK)


def folded(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with those of a part of which the same is to be said as one, where they are many.

    What is well comes last in its part; apart from that the order is kept.
    """
    shown: list[Finding] = []
    for part, members in groupby(findings, key=lambda finding: finding.part):
        alike: dict[tuple[State, str, str], list[Finding]] = {}
        for finding in members:
            is_well = finding.state is State.OK
            alike.setdefault((finding.state, "" if is_well else finding.detail, finding.todo), []).append(finding)
        for (state, detail, todo), those in sorted(alike.items(), key=lambda item: item[0][0] is State.OK):
            if len(those) < FOLDED_FROM:
                shown += those
                continue
            names = some(finding.what for finding in those)
            text = detail or "as they should be"
            shown.append(
                Finding(part=part, what=f"{len(those)} {part}", state=state, detail=f"{text}: {names}", todo=todo)
            )
    return shown


def lasting(span: timedelta) -> str:
    """Return a length of time as a person says it: 40 s, 12 min, 3.5 h, 4 days."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 90:  # noqa: PLR2004 - a minute and a half is still said in seconds
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.0f} days"


def some(names: Iterable[str]) -> str:
    """Return a few names and how many more there are."""
    ordered = sorted(names)
    more = f" and {len(ordered) - NAMED} more" if len(ordered) > NAMED else ""
    return ", ".join(ordered[:NAMED]) + more
