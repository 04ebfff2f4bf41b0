"""Counting what a digest tells: by state, by severity, and by what incidents share. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from satark.notifier.events import OPENED, RESOLVED, UPDATED, Event, state_of
from satark.notifier.mail.headers import clean
from satark.notifier.telling import Occasion, Part
from satark.schemas.incidents import Severity

STILL_OPEN = "still open"
STATES = (OPENED, UPDATED, STILL_OPEN, RESOLVED)
SEVERITIES = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING)
"""Gravest first."""

CAUSES = ("site", "isp", "gateway", "orchestrator")
"""Labels that incidents may have in common."""

TITLES = {"isp": "ISP"}
MAX_VALUES = 5
NAME_CHARS = 60


def state(part: Part) -> str:
    """Return what a part of a digest tells: opened, updated, still open or resolved."""
    shown = state_of(part.shown)
    if shown == RESOLVED:
        return RESOLVED
    lasts = part.aside.latest is not None or part.aside.occasion in {Occasion.REMINDER, Occasion.ESCALATION}
    return STILL_OPEN if lasts else shown


def is_over(part: Part) -> bool:
    """Return whether a part tells of an end."""
    return state_of(part.shown) == RESOLVED


def by_state(parts: Iterable[Part]) -> str:
    """Return for example `12 opened, 3 resolved`."""
    found = Counter(map(state, parts))
    return ", ".join(f"{found[name]} {name}" for name in STATES if found[name])


def by_severity(parts: Iterable[Part]) -> str:
    """Return for example `4 critical, 8 warning`."""
    found = Counter(part.shown.severity for part in parts)
    return ", ".join(f"{found[name]} {name.value}" for name in SEVERITIES if found[name])


def by_label(parts: Sequence[Part], label: str) -> str:
    """Return for example `London 412, Paris 38, 60 others 547`; nothing if hardly two have the label alike."""
    found = Counter(part.shown.labels.get(label, "").strip() for part in parts)
    unnamed = found.pop("", 0)
    if not found or max(found.values()) < 2:  # noqa: PLR2004 - what only one has is shared by none
        return ""
    most = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{clean(name, NAME_CHARS)} {count}" for name, count in most[:MAX_VALUES]]
    if others := most[MAX_VALUES:]:
        told.append(f"{len(others)} other{'' if len(others) == 1 else 's'} {sum(count for _, count in others)}")
    return ", ".join([*told, *([f"{unnamed} without"] if unnamed else [])])


def causes(parts: Sequence[Part], known: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return what parts share, by label; labels that are `known` to be alike are left out."""
    left_out = set(known)
    named = ((label, by_label(parts, label)) for label in CAUSES if label not in left_out)
    return tuple((f"By {title(label)}", text) for label, text in named if text)


def biggest(parts: Sequence[Part], known: Iterable[str] = ()) -> tuple[str, str, int] | None:
    """Return the label, the value and the number of the biggest common cause among what is bad; None if there is none.

    An orchestrator is none: an installation with one has all in common.
    """
    bad = [part for part in parts if not is_over(part)]
    left_out = {"orchestrator", *known}
    found = Counter(
        (label, value)
        for part in bad
        for label in CAUSES
        if label not in left_out and (value := part.shown.labels.get(label, "").strip())
    )
    if not found:
        return None
    (label, value), count = min(found.items(), key=lambda item: (-item[1], CAUSES.index(item[0][0]), item[0][1]))
    return (label, clean(value, NAME_CHARS), count) if count >= max(3, len(bad) / 3) else None


def title(label: str) -> str:
    """Return what a label is called in a sentence."""
    return TITLES.get(label, label)


def told_at(event: Event) -> datetime:
    """Return when what an event tells came to pass."""
    ended: datetime | None = getattr(event, "ended_at", None)
    if ended is not None:
        return ended
    return event.opened_at if state_of(event) == OPENED else event.time
