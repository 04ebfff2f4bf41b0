"""What is asked of the store to show all links at once. Pure.

A day of latency is told in bins, each a letter: the eye sees no more of a line that is as high as a word.
"""

from datetime import datetime, timedelta

from satark.analytics.routes.v1.questions.conditions import SECOND_US, Conditions, microseconds
from satark.analytics.store.statement import Statement
from satark.schemas.baselines import BaselineState
from satark.schemas.metrics import (
    JITTER_MS_RX,
    JITTER_MS_TX,
    LATENCY_MS_RX,
    LATENCY_MS_TX,
    LOSS_PCT_RX,
    LOSS_PCT_TX,
    WAN_LINK,
)

MOST = 20_000
"""Links in one answer."""

STEP = timedelta(minutes=30)
BINS = 48
GRID = timedelta(minutes=5)
"""The last bin ends at a multiple of it: within one, the bins do not move."""

PRESENT = timedelta(hours=1)
"""A value that is older says nothing of the present; when it was is known from the link itself."""

KEPT = timedelta(days=30)
"""A link that was silent for longer is left out."""
DIGITS = "0123456789abcdefghijklmnopqrstuv"
NOTHING = "."
LEAST_TOP_MS = 20.0
"""Lines end no lower: what a link of 2 ms does by a tenth of it is nothing to look at."""

METRICS = (LATENCY_MS_RX, LATENCY_MS_TX, JITTER_MS_RX, JITTER_MS_TX, LOSS_PCT_RX, LOSS_PCT_TX)
NAMES = ("edge", "link", "orchestrator", "enterprise", "site", "isp")


def questions(now: datetime) -> dict[str, Statement]:
    """Return what is to be asked, by the members of `Found`."""
    return {
        "entities": entities(now),
        "lines": lines(now),
        "newest": newest(now),
        "learning": learning(now),
        "incidents": incidents(),
    }


def start_of(now: datetime) -> datetime:
    """Return when the first bin begins."""
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % GRID - STEP * BINS


def entities(now: datetime) -> Statement:
    """Return the question for the links: key, when last seen, names, and how many there are in all."""
    conditions = Conditions()
    conditions.add("kind = {kind:String}", kind=WAN_LINK)
    conditions.add_time("last_seen >=", "kept", now - KEPT)
    names = ", ".join(f"labels['{name}']" for name in NAMES)
    select = f"SELECT entity, last_seen, {names}, count() OVER () FROM entities FINAL"  # noqa: S608 - names of ours
    return conditions.statement(select, "ORDER BY entity LIMIT {limit:UInt32}", limit=MOST)


def lines(now: datetime) -> Statement:
    """Return the question for lines of latency: key, top in ms, and a line for each direction."""
    conditions, start = _samples(start_of(now)), start_of(now)
    both = f"{_line(LATENCY_MS_RX)}, {_line(LATENCY_MS_TX)}"
    return conditions.statement(
        f"SELECT entity, greatest({{least:Float64}}, max(mean)) AS top, {both} FROM ("  # noqa: S608 - names of ours
        "SELECT entity, metric, avg(value) AS mean, "
        "intDiv(toUnixTimestamp64Micro(time) - {start:Int64}, {step:Int64}) AS bin FROM samples",
        "AND metric IN {latencies:Array(String)} GROUP BY entity, metric, bin HAVING bin < {bins:UInt32})",
        "GROUP BY entity",
        start=microseconds(start),
        step=int(STEP.total_seconds()) * SECOND_US,
        bins=BINS,
        least=LEAST_TOP_MS,
        latencies=[LATENCY_MS_RX, LATENCY_MS_TX],
    )


def newest(now: datetime) -> Statement:
    """Return the question for the newest values: key, metric, value, and the end of its interval."""
    return _samples(now - PRESENT).statement(
        "SELECT entity, metric, argMax(value, time), "
        "max(time) + toIntervalSecond(argMax(interval_s, time)) FROM samples",
        "AND metric IN {metrics:Array(String)} GROUP BY entity, metric",
        metrics=list(METRICS),
    )


def learning(now: datetime, *, entity: str | None = None) -> Statement:
    """Return the question for the keys of what is still learnt, or of one, by what was told in the last hour and a half."""
    conditions = Conditions()
    conditions.add_given("entity = {entity:String}", entity=entity)
    conditions.add_time("time >=", "recent", now - timedelta(minutes=90))
    return conditions.statement(
        "SELECT entity FROM (SELECT entity, metric, argMax(state, (time, kafka_offset)) AS last FROM baselines",
        "GROUP BY entity, metric) GROUP BY entity HAVING countIf(last = {learning:String}) > 0",
        learning=BaselineState.LEARNING.value,
    )


def incidents() -> Statement:
    """Return the question for open incidents: key, incident, severity, since when, and the latest event."""
    conditions = Conditions()
    conditions.add("kind = {kind:String}", kind=WAN_LINK)
    return conditions.statement(
        "SELECT any(entity), incident, argMax(severity, sequence), min(opened_at) AS opened, argMax(body, sequence) "
        "FROM incidents",
        "GROUP BY incident HAVING argMax(event, sequence) != 'resolved' ORDER BY opened, incident",
    )


def _samples(start: datetime) -> Conditions:
    conditions = Conditions()
    conditions.add("kind = {kind:String}", kind=WAN_LINK)
    conditions.add_time("time >=", "since", start)
    return conditions


def _line(metric: str) -> str:
    """Return the expression for the line of one direction; `nan` is where nothing was measured."""
    bins = f"groupArrayInsertAtIf(nan, {BINS})(mean, toUInt32(bin), metric = '{metric}')"
    level = f"1 + toUInt8(round({len(DIGITS) - 1} * least(1, greatest(0, each / top))))"
    letters = f"arrayMap(each -> if(isFinite(each), substring('{DIGITS}', {level}, 1), '{NOTHING}'), {bins})"
    return f"arrayStringConcat({letters})"
