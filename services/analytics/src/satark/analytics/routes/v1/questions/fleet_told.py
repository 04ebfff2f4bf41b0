"""All links at once, column by column: what a page needs to show thousands of them in one look. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from satark.analytics.routes.v1.questions.fleet import BINS, DIGITS, METRICS, NAMES, NOTHING, STEP, start_of
from satark.analytics.routes.v1.questions.links import SILENT_AFTER
from satark.analytics.store.statement import Row
from satark.schemas.states import State

GONE_AFTER = STEP * BINS
"""A link that its orchestrator does not name any more is left out once nothing of it would be drawn."""

DOWN = frozenset({State.LINK_DOWN, State.EDGE_OFFLINE})

StateOf = Callable[[str], State | None]
"""How an entity is, as its poller says; None if none did."""


class Condition(StrEnum):
    """How a link is, its incidents aside."""

    OK = "ok"
    LEARNING = "learning"
    """Too little is known to judge it by: only absolute limits hold."""
    NO_DATA = "no-data"
    """Nothing was measured for half an hour; `told` may say why."""
    OFFLINE = "offline"
    """The orchestrator says that it is down."""


class Words(Struct, frozen=True, kw_only=True):
    """A column in which values come often: `at` has for each link the place of its value in `words`."""

    words: list[str]
    at: list[int]


Line = Annotated[str, Meta(pattern=rf"^([{DIGITS}{NOTHING}]{{{BINS}}})?$")]


class FleetLinks(Struct, frozen=True, kw_only=True):
    """Columns; the same place in each is the same link. `age_s` is that of the newest sample: of its end, as far as known.

    `told` is how the orchestrator says it is, empty if it does not. `values` are of the newest sample of the last hour, by metric. `rx` and
    `tx` draw the latency of a day, a letter a bin: `.` nothing was measured, else the 32 digits 0 to v, of which v is
    `top_ms`; empty: nothing was measured at all.
    """

    entity: list[str]
    edge: list[str]
    link: list[str]
    orchestrator: Words
    enterprise: Words
    site: Words
    isp: Words
    condition: Words
    told: Words
    age_s: list[int]
    values: dict[str, list[float | None]]
    top_ms: list[float]
    rx: list[Line]
    tx: list[Line]


class FleetIncidents(Struct, frozen=True, kw_only=True):
    """Columns of the open incidents of these links, the oldest first. `metric` is that of the worst symptom that lasts."""

    incident: list[str]
    entity: list[str]
    severity: list[str]
    metric: list[str]
    opened_at: list[datetime]


class Fleet(Struct, frozen=True, kw_only=True):
    """All links as of `time`, by key. The first bin began at `start`. `left_out`: so many there are beyond the most."""

    time: datetime
    start: datetime
    step_s: int
    bins: int
    left_out: int
    links: FleetLinks
    incidents: FleetIncidents


class Found(Struct, frozen=True, kw_only=True):
    """The rows of all questions."""

    entities: Sequence[Row]
    lines: Sequence[Row]
    newest: Sequence[Row]
    learning: Sequence[Row]
    incidents: Sequence[Row]


def fleet(found: Found, state_of: StateOf, now: datetime) -> Fleet:
    """Return all links, made of rows, and of what pollers say."""
    shown = [row for row in found.entities if not _is_gone(row, state_of, now)]
    return Fleet(
        time=now,
        start=start_of(now),
        step_s=int(STEP.total_seconds()),
        bins=BINS,
        left_out=max(0, found.entities[0][-1] - len(found.entities)) if found.entities else 0,
        links=_links(shown, found, state_of, now),
        incidents=_incidents(found.incidents, {row[0] for row in shown}),
    )


def condition(state: State | None, last_seen: datetime, now: datetime, *, learning: bool) -> Condition:
    """Return how a link is: what its orchestrator says comes before what was measured, and that before what is learnt."""
    if state in DOWN:
        return Condition.OFFLINE
    if last_seen < now - SILENT_AFTER:
        return Condition.NO_DATA
    return Condition.LEARNING if learning else Condition.OK


def words(values: Iterable[str]) -> Words:
    """Return a column of values that come often; the words are in order."""
    listed = list(values)
    found = sorted(set(listed))
    places = {word: at for at, word in enumerate(found)}
    return Words(words=found, at=[places[value] for value in listed])


def _links(shown: Sequence[Row], found: Found, state_of: StateOf, now: datetime) -> FleetLinks:
    learnt = {row[0] for row in found.learning}
    drawn = {entity: row for entity, *row in found.lines}
    ends, values = _newest(found.newest)
    names = {name: [row[2 + at] for row in shown] for at, name in enumerate(NAMES)}
    keys = [row[0] for row in shown]
    told = [state_of(key) for key in keys]
    nothing = (0.0, "", "")
    rows = list(zip(shown, told, strict=True))
    conditions = (condition(state, row[1], now, learning=row[0] in learnt) for row, state in rows)
    return FleetLinks(
        entity=keys,
        edge=names["edge"],
        link=names["link"],
        orchestrator=words(names["orchestrator"]),
        enterprise=words(names["enterprise"]),
        site=words(names["site"]),
        isp=words(names["isp"]),
        condition=words(each.value for each in conditions),
        told=words(state.value if state else "" for state in told),
        age_s=[_seconds(now - (ends.get(row[0]) or row[1])) for row in shown],
        values={metric: [values.get((key, metric)) for key in keys] for metric in METRICS},
        top_ms=[_rounded(drawn.get(key, nothing)[0]) for key in keys],
        rx=[drawn.get(key, nothing)[1] for key in keys],
        tx=[drawn.get(key, nothing)[2] for key in keys],
    )


def _newest(rows: Sequence[Row]) -> tuple[dict[str, datetime], dict[tuple[str, str], float]]:
    """Return the end of each link's newest sample, and its values: what an older one had besides is over."""
    ends: dict[str, datetime] = {}
    for entity, _, _, end in rows:
        ends[entity] = max(end, ends.get(entity, end))
    return ends, {(entity, metric): _rounded(value) for entity, metric, value, end in rows if end == ends[entity]}


def _incidents(rows: Sequence[Row], known: set[str]) -> FleetIncidents:
    found = [row for row in rows if row[0] in known]
    return FleetIncidents(
        incident=[row[1] for row in found],
        entity=[row[0] for row in found],
        severity=[row[2] for row in found],
        metric=[_metric(row[4]) for row in found],
        opened_at=[row[3] for row in found],
    )


def _metric(body: str) -> str:
    symptoms = msgspec.json.decode(body, type=_Said).symptoms
    worst = max(symptoms, key=lambda one: (one.active, one.distance), default=None)
    return worst.metric if worst else ""


def _is_gone(row: Row, state_of: StateOf, now: datetime) -> bool:
    return state_of(row[0]) is State.GONE and bool(row[1] < now - GONE_AFTER)


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))


def _rounded(value: float) -> float:
    """Return a value to three digits: more nobody reads, and they would not compress."""
    return float(f"{value:.3g}")


class _Symptom(Struct):
    metric: str
    active: bool = False
    distance: float = 0.0


class _Said(Struct):
    symptoms: list[_Symptom] = []
