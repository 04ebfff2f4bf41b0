"""What a notice costs the outbox: taken in, handed out, settled; with so many that wait."""

import cProfile
import io
import pstats
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bench.mails.receiver import PLACE, SETTINGS
from bench.mails.scenes import ORCHESTRATOR, START, STEP
from satark.notifier.channels.delivery import Retry, Sent
from satark.notifier.events import Event
from satark.notifier.outbox.notices import Deliver, Rules
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.routing.model import Policy
from satark.notifier.routing.receivers import EmailConfig, Receiver
from satark.notifier.routing.tree import Route, RoutingTree
from satark.runtime.records import Record
from satark.schemas.identifiers import instant
from satark.schemas.incidents import IncidentOpened, Reason, Severity, incident_event_id, incident_id
from satark.schemas.metrics import WAN_LINK

WAITING = (1, 1_000, 10_000)
SINGLES = 500
"""Notices that are timed, each in a message of its own, while others wait."""

LATER = timedelta(hours=1)
HEAD = f"{'kind':<10}{'waiting':>10}{'notices':>10}{'accept us':>12}{'next us':>12}{'settle us':>12}{'a second':>12}"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that `notices` took in each of the three steps, with `waiting` in the outbox."""

    kind: str
    waiting: int
    notices: int
    accept_s: float
    next_s: float
    settle_s: float

    @property
    def line(self) -> str:
        """A line of the table."""
        each = (self.accept_s, self.next_s, self.settle_s)
        steps = "".join(f"{1e6 * one / self.notices:>12.1f}" for one in each)
        return f"{self.kind:<10}{self.waiting:>10,}{self.notices:>10,}{steps}{self.notices / sum(each):>12,.0f}"


def table() -> Iterator[str]:
    """Yield the lines of the table."""
    yield HEAD
    for waiting in WAITING:
        yield singles(waiting).line
        yield storm(waiting).line


def singles(waiting: int, count: int = SINGLES) -> Cost:
    """Return what notices cost that come and go one by one, while others are put off for an hour."""
    box = _box(digest_above=1_000_000)
    _accept(box, [_event(number) for number in range(waiting)])
    _put_off(box)
    accept_s = next_s = settle_s = 0.0
    for number in range(count):
        event, begun = _event(waiting + number), time.perf_counter()
        _accept(box, [event])
        accepted = time.perf_counter()
        action = box.next(START)
        found = time.perf_counter()
        assert isinstance(action, Deliver)
        box.settle(action.telling, Sent("250"), START)
        accept_s += accepted - begun
        next_s += found - accepted
        settle_s += time.perf_counter() - found
    return Cost("singles", waiting, count, accept_s, next_s, settle_s)


def storm(count: int) -> Cost:
    """Return what notices cost that come at once and go in digests."""
    box, events = _box(), [_event(number) for number in range(count)]
    begun = time.perf_counter()
    _accept(box, events)
    accept_s, next_s, settle_s = time.perf_counter() - begun, 0.0, 0.0
    now = START
    while len(box):
        begun = time.perf_counter()
        action = box.next(now)
        next_s += time.perf_counter() - begun
        if not isinstance(action, Deliver):
            now += STEP
            continue
        begun = time.perf_counter()
        box.settle(action.telling, Sent("250"), now)
        settle_s += time.perf_counter() - begun
    return Cost("storm", count, count, accept_s, next_s, settle_s)


def profile(waiting: int = WAITING[-1]) -> str:
    """Return where the time goes of both kinds, with as many waiting as the table has."""
    profiler, text = cProfile.Profile(), io.StringIO()
    with profiler:
        singles(waiting)
        storm(waiting)
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(15)
    return text.getvalue()


def _box(digest_above: int = SETTINGS.digest_above) -> Outbox:
    rules = Rules(
        retry_after_s=(LATER.total_seconds(),),
        retry_horizon_s=86_400.0,
        stale_after_s=86_400.0,
        stale_settle_s=60.0,
        digest_above=digest_above,
        burst=1_000_000,
    )
    receiver = Receiver("noc", (EmailConfig("noc@demo.example"),))
    return Outbox(rules, RoutingTree(Route("noc", Policy(group_wait_s=0.0)), {"noc": receiver}), Outcomes())


def _accept(box: Outbox, events: Sequence[Event]) -> None:
    for event in events:
        box.accept(event, Record(*PLACE, 0, START, None, None, ()), START)


def _put_off(box: Outbox) -> None:
    """Let all that waits be tried once, and be put off."""
    while isinstance(action := box.next(START), Deliver):
        box.settle(action.telling, Retry("451 not now"), START)


def _event(number: int) -> IncidentOpened:
    entity = f"{WAN_LINK}/{ORCHESTRATOR}/1/{number}"
    incident = incident_id(entity, instant(START))
    return IncidentOpened(
        id=incident_event_id(incident, 0),
        incident=incident,
        sequence=0,
        entity=entity,
        kind=WAN_LINK,
        severity=Severity.WARNING,
        reason=Reason.FIRST_SYMPTOM,
        method="robust",
        opened_at=START,
        time=START,
        interval_s=int(STEP.total_seconds()),
        symptoms=(),
        labels={"orchestrator": ORCHESTRATOR, "edge": f"E{number}", "link": f"Link {number}"},
    )
