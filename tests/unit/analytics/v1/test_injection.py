"""What comes from outside is a value and never a part of a statement, in every parameter of every route below /v1."""

from typing import Any
from urllib.parse import quote

from satark.analytics.store.client import Store
from satark.analytics.store.statement import Row, Statement
from satark.analytics.web.route import Route
from tests.unit.analytics.v1.hostile import HOSTILE, found_by_name, put_hostile
from tests.unit.analytics.v1.scene import (
    ago,
    app,
    incident,
    put_incidents,
    put_samples,
    sample,
    v1,
)
from tests.unit.analytics.web.asking import client

TABLES = ("samples", "entities", "incidents", "notifications", "generators")


class Watched:
    """A store whose statements are remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.statements: list[Statement] = []

    def rows(self, statement: Statement) -> list[Row]:
        """Ask, and remember what."""
        self.statements.append(statement)
        return self._store.rows(statement)

    def blocks(self, statement: Statement) -> Any:
        """Ask, and remember what."""
        self.statements.append(statement)
        return self._store.blocks(statement)


def counted(store: Store) -> dict[str, int]:
    """Return how many rows the tables have."""
    return {name: store.rows(Statement(f"SELECT count() FROM {name}"))[0][0] for name in TABLES}  # noqa: S608 - ours


def hostile(route: Route, text: str) -> list[str]:
    """Return the addresses of a route with a text in each of its parameters that take texts."""
    quoted = quote(text, safe="")
    path = "/".join(quoted if part.startswith("{") else part for part in route.path.split("/"))
    required = {one.name: "latency_ms_rx" for one in route.parameters if one.required and one.place == "query"}
    found = [path] if path != route.path else []
    for parameter in route.parameters:
        if parameter.place == "query":
            value = f"edge={text}" if parameter.name == "label" else text
            asked = {**required, parameter.name: value}
            query = "&".join(f"{name}={quote(said, safe='')}" for name, said in asked.items())
            found.append(f"{path}?{query}")
    return found


async def test_no_parameter_becomes_a_part_of_a_statement(store: Store) -> None:
    """Whatever is in a parameter, statements are the same but for their values, and nothing is lost."""
    put_samples(store, sample("wan-link/0", ago(minutes=10)))
    put_incidents(store, *incident(1))
    before = counted(store)
    watched = Watched(store)
    routes = [route for route in v1(watched) if route.method == "GET"]
    addresses = [(text, address) for text in HOSTILE for route in routes for address in hostile(route, text)]

    async with client(app(watched)) as asking:
        statuses = {address: (await asking.get(address)).status_code for _, address in addresses}

    assert {address: status for address, status in statuses.items() if status not in {200, 400, 404}} == {}
    assert counted(store) == before
    told = {text for text in HOSTILE for one in watched.statements if text in one.sql}
    assert told <= {"*", "%", "_", "NULL"}  # of which some are words of ours
    assert any(HOSTILE[0] in one.parameters.values() for one in watched.statements)


async def test_hostile_names_are_names(store: Store) -> None:
    """Things whose names are hostile are found by their names, and only they."""
    put_hostile(store)

    for text in HOSTILE:
        await found_by_name(store, text)
