"""Tables, their columns and the values of these over HTTP, in Contrail's shapes (analytics.md 2.7)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.desk.desk import Desk
from satark.analytics.query import learnt
from satark.analytics.query.catalogue import Table
from satark.analytics.query.columnvalues import values
from satark.analytics.query.errors import QueryError, UnknownTableError
from satark.analytics.query.schema import schema, value_columns
from satark.analytics.routes.queries import refusal
from satark.analytics.routes.reads import base_of
from satark.analytics.store.statement import Reader
from satark.analytics.web.answers import answer
from satark.analytics.web.route import Answer, Parameter, Route

LINKS = {
    "type": "array",
    "items": {"type": "object", "properties": {"name": {"type": "string"}, "href": {"type": "string"}}},
}
SCHEMA = {
    "type": "object",
    "properties": {"type": {"type": "string"}, "columns": {"type": "array", "items": {"type": "object"}}},
}
TEXTS = {"type": "array", "items": {"type": "string"}}
TABLE = Parameter("table", "A table, for example MessageTable.", {"type": "string", "maxLength": 1024}, "path", True)
COLUMN = Parameter("column", "A column of it.", {"type": "string", "maxLength": 1024}, "path", True)


def routes(desk: Desk, reader: Reader, *, now_us: Callable[[], int]) -> tuple[Route, ...]:
    """Return the routes of tables."""
    handlers = _Handlers(desk, reader, now_us)
    return (
        Route(
            method="GET",
            path="/analytics/tables",
            handler=handlers.tables,
            summary="The tables that queries may name.",
            answers=(Answer(200, "Their names, types and links.", LINKS),),
            tag="queries",
        ),
        Route(
            method="GET",
            path="/analytics/table/{table}",
            handler=handlers.links,
            summary="What there is to know of a table.",
            answers=(Answer(200, "Links; none for a table that there is not.", LINKS),),
            parameters=(TABLE,),
            tag="queries",
        ),
        Route(
            method="GET",
            path="/analytics/table/{table}/schema",
            handler=handlers.schema,
            summary="The columns of a table.",
            answers=(Answer(200, "Its type and columns; `{}` for a table that there is not.", SCHEMA),),
            parameters=(TABLE,),
            tag="queries",
        ),
        Route(
            method="GET",
            path="/analytics/table/{table}/column-values",
            handler=handlers.value_links,
            summary="The columns of a table whose values are listed.",
            answers=(Answer(200, "Links.", LINKS),),
            parameters=(TABLE,),
            tag="queries",
        ),
        Route(
            method="GET",
            path="/analytics/table/{table}/column-values/{column}",
            handler=handlers.values,
            summary="Which values a column has had in the last day.",
            answers=(Answer(200, "The values as text, sorted.", TEXTS),),
            parameters=(TABLE, COLUMN),
            tag="queries",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Handlers:
    desk: Desk
    reader: Reader
    now_us: Callable[[], int]

    async def tables(self, request: Request) -> Response:
        objects = await asyncio.to_thread(self.reader.rows, learnt.OBJECT_TABLES)
        statistics = await asyncio.to_thread(self.reader.rows, learnt.STATISTICS_TABLES)
        base = base_of(request)
        found = learnt.all_tables(learnt.names(objects), learnt.names(statistics))
        return answer(request, [_told(table, base) for table in found])

    async def links(self, request: Request) -> Response:
        table = await self._table(request)
        if table is None:
            return answer(request, [])
        parts = ["schema", *(["column-values"] if value_columns(table) else [])]
        href = _href(table, base_of(request))
        return answer(request, [{"name": part, "href": f"{href}/{part}"} for part in parts])

    async def schema(self, request: Request) -> Response:
        table = await self._table(request)
        return answer(request, schema(table) if table else {})

    async def value_links(self, request: Request) -> Response:
        table = await self._table(request)
        if table is None:
            return answer(request, [])
        href = f"{_href(table, base_of(request))}/column-values"
        return answer(request, [{"name": name, "href": f"{href}/{name}"} for name in value_columns(table)])

    async def values(self, request: Request) -> Response:
        table = await self._table(request)
        statement = values(table, str(request.path_params["column"]), self.now_us()) if table else None
        rows = await asyncio.to_thread(self.reader.rows, statement) if statement else []
        return answer(request, learnt.names(rows))

    async def _table(self, request: Request) -> Table | None:
        """Return the table of the path, None for one that there is not: these routes answer 200 then."""
        try:
            table = await self.desk.table(str(request.path_params["table"]))
        except UnknownTableError:
            return None
        except QueryError as error:
            raise refusal(error) from error
        return None if table.dynamic and not learnt.has_own_columns(table) else table


def _told(table: Table, base: str) -> dict[str, str]:
    told = {"name": table.name, "href": _href(table, base), "type": table.type.value}
    return told | ({"display_name": table.display_name} if table.display_name else {})


def _href(table: Table, base: str) -> str:
    return f"{base}/analytics/table/{table.name}"
