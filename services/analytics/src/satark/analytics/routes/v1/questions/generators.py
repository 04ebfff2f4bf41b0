"""Generators: which daemon is, or was, connected to which gateway."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from satark.analytics.routes.v1.questions.conditions import Conditions
from satark.analytics.store.statement import Row, Statement
from satark.schemas.generators import GeneratorSession

MAX_SESSIONS = 1000


class Generators(Struct, frozen=True, kw_only=True):
    """One page of generators by name, each with the beginning or end of its latest session."""

    generators: list[GeneratorSession]
    next: str | None


class GeneratorHistory(Struct, frozen=True, kw_only=True):
    """A generator, and the beginnings and ends of its sessions, the youngest first."""

    generator: str
    sessions: list[GeneratorSession]


def listing(*, state: str | None, after: str, limit: int) -> Statement:
    """Return the question for a page of generators behind one, and one more."""
    rows, latest = Conditions(), Conditions()
    rows.add("generator > {after:String}", after=after)
    latest.add_given("argMax(state, time) = {state:String}", state=state)
    behind = ("GROUP BY generator", latest.having, "ORDER BY generator LIMIT {limit:UInt32}")
    return rows.statement(
        "SELECT generator, argMax(body, time) FROM generators", *behind, **latest.parameters, limit=limit + 1
    )


def one(generator: str) -> Statement:
    """Return the question for the sessions of one generator, the youngest first."""
    sql = (
        "SELECT generator, body FROM generators FINAL WHERE generator = {generator:String} "
        "ORDER BY time DESC, id DESC LIMIT {limit:UInt32}"
    )
    return Statement(sql, {"generator": generator, "limit": MAX_SESSIONS})


def sessions(rows: Sequence[Row]) -> list[GeneratorSession]:
    """Return the sessions of rows of either question."""
    return [msgspec.json.decode(row[1], type=GeneratorSession) for row in rows]
