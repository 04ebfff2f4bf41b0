"""What a mail says of a group of incidents: what its members share, who they are, and what to look at first. Pure."""

from datetime import datetime

from satark.notifier.events import UPDATED, state_of
from satark.notifier.mail import wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.incident_view import CHANGED
from satark.notifier.mail.no_data import MISSING_CYCLES
from satark.notifier.mail.view import Member, View
from satark.notifier.mail.words import Words
from satark.schemas.incident_groups import (
    Dimension,
    GroupMember,
    IncidentGroupEvent,
    IncidentGroupResolved,
    IncidentGroupUpdated,
)
from satark.schemas.incidents import Severity
from satark.schemas.metrics import WAN_LINK

MAX_MEMBERS = 50
"""Lines of the table: more would only be scrolled past."""

WHAT = {Dimension.SITE: "Site", Dimension.ISP: "ISP", Dimension.GATEWAY: "Gateway"}
SHARED = {Dimension.SITE: "site", Dimension.ISP: "provider", Dimension.GATEWAY: "gateway"}
CHECKS = {
    Dimension.SITE: (
        "Is the site itself in trouble? Power, the router, and the room it stands in are what its links share.",
        "Do its links have one provider or one cable after all? Look at the table here.",
        "Did anything change at the site shortly before: an upgrade, a configuration, works in the street?",
    ),
    Dimension.ISP: (
        "Does {value} know? See its status page, and open one ticket for all links: the table here has the figures.",
        "Which of its regions or nodes do these links have in common? Links of it that are well narrow it down.",
        "Can their traffic go another way meanwhile? See whether each site has a link of another provider that is well.",
    ),
    Dimension.GATEWAY: (
        "Is the gateway {value} well? Look at its state, load and events in the orchestrator.",
        "Are links of other gateways well? If so, their sites can be moved to one of those.",
        "Is it in maintenance, or was it upgraded shortly before?",
    ),
}
_FACTS = ("enterprise", "site", "isp", "gateway", "orchestrator")


def view(event: IncidentGroupEvent, *, now: datetime, link: str | None = None, max_members: int = MAX_MEMBERS) -> View:
    """Return what to say about a group's event at the time `now`."""
    words = _words(event)
    shown = event.members[:max_members]
    return View(
        state=state_of(event),
        critical=event.severity is Severity.CRITICAL,
        place=place(event),
        gists=words.gists,
        sentences=words.sentences,
        age=f"As of {wording.moment(event.time)}; this mail was written at {wording.moment(now)}.",
        rows=(),
        distance_note="",
        more_rows=0,
        charts=(),
        facts=tuple(
            (name.upper() if name == "isp" else name.capitalize(), value)
            for name in _FACTS
            if (value := clean(event.labels.get(name, "")))
        ),
        checks=words.checks,
        method=f"same {SHARED[event.dimension]}",
        incident=clean(event.group, 80),
        link=link,
        members=tuple(_member(member) for member in shown),
        more_members=event.member_count - len(shown),
        lead=CHANGED if state_of(event) == UPDATED else "",
    )


def gists(event: IncidentGroupEvent) -> tuple[str, ...]:
    """Return what is wrong in a few words, from the fullest wording to the shortest."""
    return _words(event).gists


def place(event: IncidentGroupEvent) -> str:
    """Return what a group is called: what its members share."""
    return f"{WHAT[event.dimension]} {clean(event.value, wording.NAME_CHARS)}"


def _words(event: IncidentGroupEvent) -> Words:
    if isinstance(event, IncidentGroupResolved):
        return _over(event)
    name, links = place(event), _of_all(event)
    sentences = [f"{links} of {name} went bad {_within(event)}; they share the {SHARED[event.dimension]}."]
    if isinstance(event, IncidentGroupUpdated):
        recovered = event.member_count - event.open_count
        sentences = [f"{links} of {name} are or were bad by now, {recovered or 'none'} of them well again."]
    worst = max(event.members, key=lambda member: (member.ended_at is None, abs(member.worst.distance)))
    sentences.append(f"Worst is {_where(worst)}: {_detail(worst)}.")
    sentences.append("They are told of as one: no link of the group has a mail of its own.")
    value = clean(event.value, wording.NAME_CHARS)
    checks = tuple(check.format(value=value) if "{value}" in check else check for check in CHECKS[event.dimension])
    open_links = _links(event, event.open_count)
    return Words((f"{open_links} bad, worst: {_seen(worst)}", f"{open_links} bad"), tuple(sentences), checks)


def _over(event: IncidentGroupResolved) -> Words:
    length = wording.duration(event.duration_s)
    links = _links(event, event.member_count)
    span = f"from {wording.moment(event.opened_at)} to {wording.moment(event.ended_at)}"
    worst = max(event.members, key=_excess)
    return Words(
        (f"all {links} back to normal after {length}", f"back to normal after {length}"),
        (
            f"All {links} of {place(event)} that went bad are back to normal.",
            f"It lasted {length}: {span}.",
            f"Worst was {_where(worst)}: {_detail(worst)}.",
        ),
    )


def _excess(member: GroupMember) -> float:
    """Return how many times over its limit a member was at its worst: what can be compared between metrics."""
    worst = member.worst
    allowed = abs(worst.limit - worst.normal)
    return abs(worst.peak - worst.normal) / allowed if allowed else abs(worst.distance)


def _within(event: IncidentGroupEvent) -> str:
    began = wording.moment(event.opened_at)
    newest = max(member.opened_at for member in event.members)
    seconds = (newest - event.opened_at).total_seconds()
    return f"within {wording.duration(seconds)}, from {began} on" if seconds else f"at {began}"


def _of_all(event: IncidentGroupEvent) -> str:
    """Return how many members there are, of how many that could be."""
    if event.total_count is None or event.total_count < event.member_count:
        return _links(event, event.member_count)
    if event.total_count == event.member_count:
        return f"All {_links(event, event.member_count)}"
    return f"{event.member_count} of {_links(event, event.total_count)}"


def _links(event: IncidentGroupEvent, count: int) -> str:
    noun = "link" if all(member.kind == WAN_LINK for member in event.members) else "part"
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _member(member: GroupMember) -> Member:
    over = member.ended_at
    return Member(
        place=_where(member),
        active=over is None,
        critical=member.severity is Severity.CRITICAL,
        worst=_detail(member),
        since=wording.clock(member.opened_at),
        state=f"well since {wording.clock(over)}" if over is not None else member.severity.value,
    )


def _where(member: GroupMember) -> str:
    names = [clean(member.labels.get(name, ""), wording.NAME_CHARS) for name in ("edge", "link")]
    return " / ".join(name for name in names if name) or clean(member.entity, wording.NAME_CHARS)


def _detail(member: GroupMember) -> str:
    limit = "" if member.worst.metric == MISSING_CYCLES else f" (limit {wording.brief(member.worst.limit)})"
    return f"{_seen(member)}{limit}"


def _seen(member: GroupMember) -> str:
    """Return the worst metric's value now, or its peak once the member is well again; or that there is no data."""
    worst = member.worst
    if worst.metric == MISSING_CYCLES:
        return "no data"
    words = wording.metric_words(worst.metric)
    shown = worst.value if member.ended_at is None else worst.peak
    return f"{words.short} {wording.with_unit(shown, words.unit)}"
