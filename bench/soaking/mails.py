"""Whether people were told of each incident and each group once when it began and once when it ended. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from bench.soaking.stories import Told
from satark.schemas.notifications import Notification, Outcome
from satark.simulators.mail.parse import Summary

PAIR = Counter({"opened": 1, "resolved": 1})
GROUPED = "grouped: "
"""How the detail begins of what a member of a group was not told by itself."""


def states_of(mails: Iterable[Summary]) -> dict[str, Counter[str]]:
    """Return how often each incident or group was told, by state, from the headers of mails."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for mail in mails:
        marks = {name.lower(): value for name, value in mail.satark.items()}
        if incident := marks.get("x-satark-incident"):
            found[incident][marks.get("x-satark-state", "")] += 1
    return found


def unpaired(
    wanted: Mapping[str, Told], states: Mapping[str, Counter[str]], outcomes: Iterable[Notification]
) -> list[str]:
    """Return incidents and groups without their two mails; a member of a group that was told has none of its own."""
    grouped = {
        one.incident for one in outcomes if one.outcome is Outcome.SUPPRESSED and (one.detail or "").startswith(GROUPED)
    }
    lines = []
    for name, told in wanted.items():
        have = states.get(name, Counter())
        if have != PAIR and not (name in grouped and not have):
            lines.append(f"{told.entities[0]} {told.opened_at:%d %H:%M}: {dict(have) or 'no mail'}")
    return lines


def failed(outcomes: Iterable[Notification]) -> Counter[str]:
    """Count notifications by what went wrong; those of groups' members, and ends of what nobody heard of, are right."""
    return Counter(one.detail or "failed" for one in outcomes if one.outcome is Outcome.FAILED)


def doubled(mails: Iterable[Summary]) -> Counter[str]:
    """Count mails that came more than once under one Message-ID."""
    count = Counter(mail.message_id for mail in mails)
    return Counter({name: times - 1 for name, times in count.items() if times > 1})
