"""What a mail says of several incidents at once: how many, what they share, and the gravest one by one. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from satark.notifier.events import RESOLVED, Event, is_group
from satark.notifier.mail import group_view, incident_view, tally, wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.view import DigestView, Line, Pair
from satark.notifier.telling import Occasion, Part, Telling
from satark.schemas.incident_groups import IncidentGroupOpened, IncidentGroupResolved, IncidentGroupUpdated
from satark.schemas.incidents import Severity

MAX_LINES = 50
"""More would only be scrolled past."""

PLACE_CHARS, GIST_CHARS = 100, 120
MAX_SHARED = 4


def view(
    telling: Telling,
    *,
    now: datetime,
    why: str,
    link: Callable[[Event], str | None],
    max_lines: int = MAX_LINES,
) -> DigestView:
    """Return what to say of a digest's parts, the first `max_lines` of which have a line of their own."""
    parts, rest = telling.parts, telling.parts[max_lines:]
    known = [name for name, _ in telling.shared]
    heading = _heading(telling)
    open_critical = sum(_is_critical(part) for part in parts)
    return DigestView(
        place=heading,
        gists=(f"{heading}, {open_critical} critical", heading) if open_critical else (heading,),
        critical=bool(open_critical),
        is_over=all(map(tally.is_over, parts)),
        sentences=_sentences(telling, len(rest), known),
        remarks=tuple(_remarks(parts)),
        counts=_counts(parts),
        causes=tally.causes(parts, known),
        lines=tuple(_line(part, now, link) for part in parts[:max_lines]),
        more_lines=len(rest),
        rest=(*_counts(rest), *tally.causes(rest, known)) if rest else (),
        age=f"This mail was written at {wording.moment(now)}.",
        id=telling.id,
        why=why,
    )


def _heading(telling: Telling) -> str:
    counts = tally.by_state(telling.parts)
    shared = [(name, clean(value, tally.NAME_CHARS)) for name, value in telling.shared]
    named = [f"{tally.title(name)} {value}" for name, value in shared if value][:MAX_SHARED]
    if named:
        return f"{counts} {'at' if shared[0][0] == 'site' else 'of'} {', '.join(named)}"
    if telling.shared:
        return counts
    one_state = len({tally.state(part) for part in telling.parts}) == 1
    what = f"{len(telling.parts)} incidents" if one_state and not tally.is_over(telling.parts[0]) else counts
    return f"{what} {_within(telling.parts)}"


def _within(parts: Iterable[Part]) -> str:
    times = [tally.told_at(part.shown) for part in parts]
    length_s = (max(times) - min(times)).total_seconds()
    return f"in {wording.duration(length_s)}" if length_s >= 1 else "at once"


def _sentences(telling: Telling, more: int, known: Sequence[str]) -> tuple[str, ...]:
    count, times = len(telling.parts), [tally.told_at(part.shown) for part in telling.parts]
    found = [f"{count} incidents in one mail: {_span(min(times), max(times))}."]
    if not telling.shared:
        found.append("So much came at once that single mails would have hidden it; nothing is left out of the counts.")
    if (cause := tally.biggest(telling.parts, known)) is not None:
        label, value, share = cause
        open_parts = sum(not tally.is_over(part) for part in telling.parts)
        whole = "All" if share == open_parts else f"{share} of the"
        found.append(f"{whole} {open_parts} that are not over have the {tally.title(label)} {value}: look there first.")
    if more:
        found.append(f"The {count - more} gravest have a line here; the other {more} are counted below.")
    return tuple(found)


def _span(first: datetime, last: datetime) -> str:
    if first == last:
        return f"all at {wording.moment(first)}"
    return f"from {wording.moment(first)} to {wording.moment(last)}"


def _remarks(parts: Sequence[Part]) -> Iterable[str]:
    occasions = Counter(part.aside.occasion for part in parts)
    if occasions[Occasion.ESCALATION]:
        which = _some(occasions[Occasion.ESCALATION], parts)
        yield f"Nobody has acknowledged {which}: that is why they come to you."
    if occasions[Occasion.REMINDER]:
        yield f"This is a reminder of {_some(occasions[Occasion.REMINDER], parts)}: they are still open."
    others = sorted({clean(part.aside.instead_of, tally.NAME_CHARS) for part in parts if part.aside.instead_of})
    if occasions[Occasion.FALLBACK]:
        more = f" and {len(others) - MAX_SHARED} more" if len(others) > MAX_SHARED else ""
        names = ", ".join(others[:MAX_SHARED]) or "another receiver"
        yield f"You get {_some(occasions[Occasion.FALLBACK], parts)} because {names}{more} could not be reached."
    if occasions[Occasion.TEST]:
        yield "This is a test of the way to you. There are no such incidents; what follows is an example."
    kept = Counter(clean(p.aside.kept_back_by, tally.NAME_CHARS) or "a silence" for p in parts if _kept_back(p))
    for by, count in sorted(kept.items())[:MAX_SHARED]:
        yield f"{by[:1].upper()}{by[1:]} kept {_some(count, parts)} back until now."


def _some(count: int, parts: Sequence[Part]) -> str:
    return f"these {count}" if count == len(parts) else f"{count} of them"


def _kept_back(part: Part) -> bool:
    return part.aside.latest is not None and part.aside.occasion is Occasion.EVENT


def _is_critical(part: Part) -> bool:
    return part.shown.severity is Severity.CRITICAL and not tally.is_over(part)


def _counts(parts: Sequence[Part]) -> tuple[Pair, ...]:
    groups = sum(is_group(part.shown) for part in parts)
    links = sum(getattr(part.shown, "member_count", 0) for part in parts)
    grouped = (("Groups", f"{groups}, with {links} incidents in them"),) if groups else ()
    return (("By state", tally.by_state(parts)), ("By severity", tally.by_severity(parts)), *grouped)


def _line(part: Part, now: datetime, link: Callable[[Event], str | None]) -> Line:
    event, state = part.shown, tally.state(part)
    place, gists = _said(event)
    seen = clean(part.aside.seen.by, 40) or "somebody" if part.aside.seen else ""
    return Line(
        place=clean(place, PLACE_CHARS),
        gist=clean(gists[0], GIST_CHARS),
        state=f"{state}, seen by {seen}" if seen and state != RESOLVED else state,
        severity=event.severity.value,
        since=wording.since(event.opened_at, now),
        is_bad=_is_critical(part),
        is_over=tally.is_over(part),
        link=link(event),
    )


def _said(event: Event) -> tuple[str, tuple[str, ...]]:
    match event:
        case IncidentGroupOpened() | IncidentGroupUpdated() | IncidentGroupResolved():
            return group_view.place(event), group_view.gists(event)
        case _:
            return wording.place(event), incident_view.gists(event)
