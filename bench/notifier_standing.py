"""What the notifier's memory of open incidents costs, with 50,000 of them: per event, per reminder, per candidate of a rule.

Run: python bench/notifier_standing.py [incidents]
Times are of the process, so that neighbours on the machine count little.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import process_time

from msgspec.structs import replace

from satark.notifier.routing.matchers import parsed
from satark.notifier.routing.model import Escalation, Policy
from satark.notifier.routing.receivers import EmailConfig, Receiver
from satark.notifier.routing.tree import Inhibition, Route, RoutingTree
from satark.notifier.standing.agenda import Agenda
from satark.notifier.standing.inhibitors import Inhibitors
from satark.notifier.standing.standing import Standing
from satark.runtime.said import Said
from satark.schemas.examples import opened
from satark.schemas.incidents import IncidentOpened, Severity
from satark.schemas.silences import subject_of
from satark.schemas.topics import ANOMALIES

INCIDENTS = 50_000
CANDIDATES = 1_000
PLACE = (ANOMALIES, 0)
NOW = datetime(2026, 3, 10, tzinfo=UTC)
INHIBITION = Inhibition(parsed('severity="critical"'), parsed('severity="warning"'), ("site",))


def tree() -> RoutingTree:
    """Return a route that reminds hourly, escalates, and lets grave incidents explain others of their site."""
    receivers = {name: Receiver(name, (EmailConfig(f"{name}@example.net"),)) for name in ("noc", "boss")}
    policy = Policy(repeat_interval_s=3600.0, escalations=(Escalation(900.0, ("boss",)),))
    return RoutingTree(Route("noc", policy), receivers, (INHIBITION,))


def incidents(count: int) -> list[IncidentOpened]:
    """Return incidents at sites of ten links; every fifth site has a grave one."""
    base = opened()
    return [
        replace(
            base,
            incident=f"incident-{number}",
            id=f"incident-{number}-0",
            entity=f"{base.entity}-{number}",
            severity=Severity.CRITICAL if number % 50 == 0 else Severity.WARNING,
            labels=base.labels | {"site": f"site-{number // 10}"},
        )
        for number in range(count)
    ]


def drained(agenda: Agenda, now: datetime) -> tuple[int, float]:
    """Take all that is due; return how much it was, and the longest that one call took, in seconds."""
    count, longest = 0, 0.0
    while (time := agenda.next_due()) is not None and time <= now:
        begin = process_time()
        count += len(agenda.due(now))
        longest = max(longest, process_time() - begin)
    return count, longest


def main(arguments: Sequence[str]) -> None:
    """Print a table."""
    count = int(arguments[0]) if arguments else INCIDENTS
    events, routes, standing = incidents(count), tree(), Standing()
    inhibitors = Inhibitors(standing, routes.inhibitions)
    agenda = Agenda(standing, Said(), routes, inhibitors.inhibitor_of)
    agenda.own([PLACE])
    print(f"{'':<34} {'us each':>9}")

    def row(name: str, each: float, note: str = "") -> None:
        print(f"{name:<34} {each * 1e6:>9.1f}  {note}")

    begin = process_time()
    for event in events:
        standing.learn(event, PLACE)
    row(f"learn an event ({count:,})", (process_time() - begin) / count)

    begin, noc = process_time(), routes.targets("noc")[0]
    for event in events:
        standing.told(event.incident, noc, "root", event.severity, NOW)
    row("note that it was told", (process_time() - begin) / count)

    begin = process_time()
    _, longest = drained(agenda, NOW)
    row("look at it", (process_time() - begin) / count, f"longest call {longest * 1e3:.0f} ms")

    begin = process_time()
    due, longest = drained(agenda, NOW + timedelta(hours=2))
    row("two hours later: each due", (process_time() - begin) / max(due, 1), f"longest call {longest * 1e3:.0f} ms")

    candidates = [subject_of(event) for event in events[:CANDIDATES]]
    begin = process_time()
    found = sum(inhibitors.inhibitor_of(subject) is not None for subject in candidates)
    row("is it inhibited", (process_time() - begin) / len(candidates), f"{found} of {len(candidates)} are")


if __name__ == "__main__":
    main(sys.argv[1:])
