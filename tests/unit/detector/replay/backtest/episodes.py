"""Incidents of two versions to compare."""

from satark.detector.replay.backtest.comparison import compared
from satark.detector.replay.backtest.episodes import Episode
from satark.detector.replay.backtest.report import Report
from satark.detector.replay.backtest.totals import Watched
from satark.schemas.incidents import Severity
from satark.schemas.metrics import LATENCY_MS_RX
from tests.unit.detector.replay.links import STEP_S, at

END = 2016
"""A week has so many intervals."""


def episode(
    began: int,
    ended: int | None,
    *,
    entity: str = "wan-link/b",
    told: int | None = None,
    severity: Severity = Severity.CRITICAL,
    place: str = "LDN-BR-01 / Broadband B",
) -> Episode:
    """Return an incident between two intervals."""
    return Episode(
        incident=f"{entity}-{began}",
        entity=entity,
        place=place,
        began=at(began),
        told=at(began + 1 if told is None else told),
        severity=severity,
        metrics=(LATENCY_MS_RX,),
        ended=None if ended is None else at(ended),
    )


def report(running: list[Episode], new: list[Episode], *, links: int = 2, name: str = "new.yaml") -> Report:
    """Return the report of a week of some links."""
    return Report(
        running="the built-in rules (robust)",
        new=name,
        source="week.jsonl",
        start=at(0),
        end=at(END),
        samples=links * END,
        links=links,
        rejected=0,
        watched=Watched(links * END * STEP_S),
        differences=compared(running, new, at(END)),
    )


def mixed() -> Report:
    """Return a report with one incident of each kind."""
    return report(
        [episode(100, 120), episode(300, 330), episode(500, 520)],
        [episode(100, 120), episode(310, 330, told=315), episode(700, None, entity="wan-link/c", place="C")],
    )
