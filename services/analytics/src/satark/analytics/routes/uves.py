"""Objects over HTTP, in Contrail's shapes (analytics.md 2.3 and 2.4): types, names, one object, many."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.mirror.tables import Held, Table
from satark.analytics.routes.reads import Read, Reads, base_of, incomplete, listed
from satark.analytics.routes.words import FILTERS, MISSING, NAME, STALE, TYPE, TYPES
from satark.analytics.uves import listing
from satark.analytics.uves.globs import Matcher
from satark.analytics.uves.objects import View, encoded, shown
from satark.analytics.uves.reading import Reading, posted, reading_of
from satark.analytics.uves.tokens import Tokens
from satark.analytics.uves.usage import Told
from satark.analytics.web.answers import tagged
from satark.analytics.web.problem import Problem
from satark.analytics.web.route import Answer, Route
from satark.uve.tables import raw_table

PIECE_BYTES = 16_384
TURN = 16
"""Names after which others may go on."""

HEAVY_BYTES = 262_144
"""From here on an object is put together beside the loop, so that others need not wait for it."""

JSON = "application/json"
LINKS = {
    "type": "array",
    "items": {"type": "object", "properties": {"name": {"type": "string"}, "href": {"type": "string"}}},
}
OBJECT = {"type": "object", "description": "Attributes by struct."}
MANY = {
    "type": "object",
    "properties": {
        "value": {
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"type": "string"}, "value": OBJECT}},
        }
    },
}
BODY = {
    "type": "object",
    "properties": {
        "kfilt": {"type": "array", "items": {"type": "string"}, "description": "Names, or patterns with `*`."},
        "sfilt": {"type": "string"},
        "mfilt": {"type": "string"},
        "cfilt": {"type": "array", "items": {"type": "string"}},
        "ackfilt": {"type": "boolean"},
    },
}
DEGRADED = Answer(500, "As 200, but not all objects have been read yet.", LINKS)


def routes(mirror: Mirror, tokens: Tokens, *, told: Told, now_us: Callable[[], int]) -> tuple[Route, ...]:
    """Return the routes. `told` takes in what each read cost, `now_us` is the time in microseconds since 1970."""
    handlers = _Handlers(mirror, tokens, Reads(told), now_us)
    return (
        Route(
            method="GET",
            path="/analytics/uves",
            handler=handlers.types,
            summary="The types of objects.",
            answers=(Answer(200, "Links to the lists of names.", LINKS), DEGRADED),
            tag="uves",
        ),
        Route(
            method="GET",
            path="/analytics/uve-types",
            handler=handlers.globality,
            summary="The types of objects, and which only administrators own.",
            answers=(Answer(200, "By type.", {"type": "object"}),),
            tag="uves",
        ),
        Route(
            method="GET",
            path="/analytics/uves/{types}",
            handler=handlers.names,
            summary="The names of the objects of a type.",
            description="The type's name has an `s` at its end. Filters go into the links.",
            answers=(Answer(200, "Links to the objects; none for a type that is not known.", LINKS), DEGRADED),
            parameters=(TYPES, *FILTERS),
            tag="uves",
        ),
        Route(
            method="GET",
            path="/analytics/uves/{types}/{name:path}",
            handler=handlers.one,
            summary="One object, or with `*` in its name many.",
            description=(
                "Without parameters with types and sources; with `flat` or any filter flat. Many are flat, and come as"
                " they are put together. The header Satark-Incomplete is there while not all has been read yet."
            ),
            answers=(
                Answer(200, "The object, `{}` if there is none; many as a list.", {"anyOf": [OBJECT, MANY]}),
                Answer(304, "As the ETag in If-None-Match says."),
            ),
            parameters=(TYPE, NAME, *FILTERS, STALE, MISSING),
            tag="uves",
        ),
        Route(
            method="POST",
            path="/analytics/uves/{types}",
            handler=handlers.posted,
            summary="Many objects, with the filters in the body.",
            description="Exact names are read in the order given; with one `*` among them all are patterns.",
            answers=(Answer(200, "The objects of which anything is wanted.", MANY),),
            parameters=(TYPE,),
            body=BODY,
            tag="uves",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Handlers:
    mirror: Mirror
    tokens: Tokens
    reads: Reads
    now_us: Callable[[], int]

    async def types(self, request: Request) -> Response:
        read = self.reads.begun(request, "get", "uves")
        links = listing.types(self.mirror, base_of(request))
        return read.answered(listed(request, self.mirror, encoded(links)), objects=len(links))

    async def globality(self, request: Request) -> Response:
        read = self.reads.begun(request, "get", "uve-types")
        found = listing.globality(self.mirror)
        return read.answered(tagged(request, encoded(found), media_type=JSON), objects=len(found))

    async def names(self, request: Request) -> Response:
        word = str(request.path_params["types"])[:-1]
        read = self.reads.begun(request, "list", word)
        reading = reading_of(request.query_params)
        raw = raw_table(word)
        found = await self._names(self.mirror.table(raw), reading)
        links = listing.links(raw, found, base_of(request), request.query_params)
        return read.answered(listed(request, self.mirror, encoded(links)), objects=len(links))

    async def _names(self, table: Table, reading: Reading) -> list[str]:
        names, is_meant = listing.candidates(table, reading.filters.names)
        found: list[str] = []
        for at, name in enumerate(names):
            if at % TURN == 0:
                await asyncio.sleep(0)
            if is_meant(name) and listing.is_wanted(table, name, reading):
                found.append(name)
        return sorted(found)

    async def one(self, request: Request) -> Response:
        word, name = str(request.path_params["types"]), str(request.path_params["name"])
        read = self.reads.begun(request, "get", word)
        reading = reading_of(request.query_params)
        raw = raw_table(word)
        if "*" in name:
            patterns = reading.filters.names or (name,)
            return self._many(read, raw, reading.named(patterns))
        found = await self._found(raw, name, reading.view(self.now_us()))
        if not found and reading.missing_is_404:
            raise self._missing(word, name)
        response = tagged(request, encoded(found), media_type=JSON, headers=incomplete(self.mirror))
        return read.answered(response, objects=1 if found else 0)

    async def posted(self, request: Request) -> Response:
        word = str(request.path_params["types"])
        read = self.reads.begun(request, "post", word)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Problem(400, "bad_content_type", f"Content-Type must be {JSON}")
        return self._many(read, raw_table(word), posted(await request.body()))

    def _many(self, read: Read, raw: str, reading: Reading) -> Response:
        names, is_meant = listing.candidates(self.mirror.table(raw), reading.filters.names)
        pieces = self._pieces(read, raw, reading.flat().view(self.now_us()), names, is_meant)
        return StreamingResponse(pieces, media_type=JSON, headers=incomplete(self.mirror))

    async def _pieces(
        self, read: Read, raw: str, view: View, names: Sequence[str], is_meant: Matcher
    ) -> AsyncIterator[bytes]:
        """Yield a list of objects piece by piece: at no time is there more of it than one piece and one object."""
        async with read.counting() as count:
            yield count.sent(b'{"value": [')
            piece = bytearray()
            for at, name in enumerate(names):
                if at % TURN == 0:
                    await asyncio.sleep(0)
                if is_meant(name) and (found := await self._found(raw, name, view)):
                    piece += b", " if count.objects else b""
                    piece += b'{"name":' + encoded(name) + b',"value":' + encoded(found) + b"}"
                    count.objects += 1
                if len(piece) >= PIECE_BYTES:
                    yield count.sent(bytes(piece))
                    piece.clear()
            yield count.sent(bytes(piece + b"]}"))

    async def _found(self, raw: str, name: str, view: View) -> Mapping[str, object]:
        held = self.mirror.table(raw).objects.get(name)
        if held is None or not held.exists:
            return {}
        if sum(map(len, held.shares.values())) < HEAVY_BYTES:
            return shown(f"{raw}:{name}", held, view, self.tokens)
        still = Held(held.state, dict(held.shares), held.counters)
        return await asyncio.to_thread(shown, f"{raw}:{name}", still, view, self.tokens)

    def _missing(self, word: str, name: str) -> Problem:
        if self.mirror.ready:
            return Problem(404, "no_such_object", f"there is no {word} {name[:256]!r}, or nothing of it is wanted")
        return Problem(503, "incomplete", self.mirror.reading, headers={"Retry-After": "5"})
