"""Thousands of links in the store, made by the store itself: a day of samples, names, what is learnt, and open incidents."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from satark.analytics.states import States
from satark.analytics.store.client import Store
from satark.analytics.store.ddl import quoted
from satark.schemas import examples
from satark.schemas.incidents import Severity
from satark.schemas.states import State
from tests.unit.analytics.v1.scene import changed, put_incidents

STEP_S = 300
DAY = 86_400 // STEP_S
METRICS = ("latency_ms_rx", "latency_ms_tx", "jitter_ms_rx", "jitter_ms_tx", "loss_pct_rx", "loss_pct_tx")
SILENT_EVERY, LEARNING_EVERY, INCIDENT_EVERY = 97, 41, 83
"""Every so many links one is silent for three hours, one is learnt, one has an incident."""

_KEY = "concat('wan-link/vco', toString(link % 2 + 1), '.example.net/', toString(link % 40), '/', leftPad(toString(link), 6, '0'))"
_LABELS = (
    "map('orchestrator', concat('vco', toString(link % 2 + 1), '.example.net'), "
    "'enterprise', concat(['Northwind', 'Contoso', 'Fabrikam', 'Litware', 'Tailspin'][link % 5 + 1], ' ', toString(intDiv(link % 40, 5) + 1)), "
    "'site', concat(['Pune', 'Delhi', 'Chennai', 'Kochi', 'Jaipur', 'Nagpur', 'Surat'][intDiv(link, 2) % 7 + 1], ' ', toString(intDiv(link, 8) + 1)), "
    "'edge', concat(['PUN', 'DEL', 'MAA', 'COK', 'JAI', 'NAG', 'STV'][intDiv(link, 2) % 7 + 1], '-edge-', leftPad(toString(intDiv(link, 2)), 4, '0')), "
    "'link', ['Broadband', 'LTE'][link % 2 + 1], "
    "'isp', ['Airtel', 'Jio', 'Tata Play', 'BSNL', 'ACT', 'Hathway', 'Excitel'][cityHash64(link) % 7 + 1])"
)
_VALUE = (
    "multiIf(metric <= 2, (12 + cityHash64(link) % 60) * (1 + 0.15 * sin(slot / 46)) * (0.93 + 0.14 * rand(number) / 4294967296) "
    "+ if(cityHash64(link, intDiv(slot, 5)) % 190 = 0, 90, 0), metric <= 4, 1 + 3 * rand(number + 1) / 4294967296, "
    "if(rand(number + 2) % 9 = 0, rand(number) % 20 / 10, 0))"
)


def key(link: int) -> str:
    """Return the key of a link by its number."""
    return f"wan-link/vco{link % 2 + 1}.example.net/{link % 40}/{link:06}"


def put_many(store: Store, links: int, now: datetime) -> None:
    """Put so many links into the store, with a day that ends now, in which some hours are missing."""
    end = int(now.timestamp()) // STEP_S * STEP_S
    database = quoted(store.database)
    names = ", ".join(f"'{metric}'" for metric in METRICS)
    gap = (
        f"(cityHash64(link) % 9 = 0 AND slot BETWEEN 100 AND 130) OR (link % {SILENT_EVERY} = 5 AND slot > {DAY - 36})"
    )
    store.tell(
        f"INSERT INTO {database}.samples SELECT {_KEY}, 'wan-link', [{names}][metric], "  # noqa: S608 - all of it is ours
        f"fromUnixTimestamp64Micro(toInt64({end} + (toInt64(slot) - {DAY}) * {STEP_S}) * 1000000, 'UTC'), {STEP_S}, {_VALUE}, 0, "
        f"toString(number), 'satark.metrics.v1', 0, number FROM (SELECT number, intDiv(number, {6 * DAY}) AS link, "
        f"number % 6 + 1 AS metric, intDiv(number, 6) % {DAY} AS slot FROM numbers({links * 6 * DAY})) WHERE NOT ({gap})"
    )
    seen = f"toDateTime64({end} - if(link % {SILENT_EVERY} = 5, {37 * STEP_S}, {STEP_S}), 6, 'UTC')"
    store.tell(
        f"INSERT INTO {database}.entities SELECT {_KEY}, 'wan-link', {_LABELS}, {seen}, {seen} "  # noqa: S608 - as above
        f"FROM (SELECT number AS link FROM numbers({links}))"
    )
    begin = f"toDateTime64({end} - {end % 1800}, 6, 'UTC')"
    store.tell(
        f"INSERT INTO {database}.baselines SELECT {_KEY}, 'latency_ms_rx', {begin}, {begin} + 1800, NULL, NULL, NULL, 200, 9, "  # noqa: S608 - as above
        f"if(link % {LEARNING_EVERY} = 7, 'learning', 'watching'), 'robust', '', 'satark.baselines.v1', 0, link "
        f"FROM (SELECT number AS link FROM numbers({links}))"
    )
    put_open(store, (key(link) for link in range(3, links, INCIDENT_EVERY)), now)


def put_open(store: Store, entities: Iterable[str], now: datetime) -> None:
    """Put open incidents of some links into the store, every third of them critical."""
    opened_at = now - timedelta(minutes=25)
    for number, entity in enumerate(entities):
        severity = Severity.WARNING if number % 3 else Severity.CRITICAL
        told = {
            "incident": f"i{number}",
            "entity": entity,
            "opened_at": opened_at,
            "time": opened_at,
            "severity": severity,
        }
        put_incidents(store, changed(examples.opened(), id=f"e{number}", **told))


def told_of(links: int) -> States:
    """Return what pollers say: of the links that are silent every other one is down, or its edge is offline."""
    states = States()
    words = (State.LINK_DOWN, State.STANDBY, State.EDGE_OFFLINE, State.IDLE)
    for number, link in enumerate(range(5, links, SILENT_EVERY)):
        states.take(changed(examples.state(), entity=key(link), state=words[number % 4]))
    return states
