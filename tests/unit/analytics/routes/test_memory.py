"""Ten thousand objects through one wildcard: memory is counted, not time."""

import gc
import tracemalloc
from typing import Any

from tests.unit.analytics.mirror.records import G1, number, rows, text, uve_of
from tests.unit.analytics.routes.serving import serving
from tests.unit.analytics.routes.test_uves import request_of

OBJECTS = 10_000
PIECES_AND_AN_OBJECT = 400_000
UVE = uve_of({("Agent", G1): {"x": number(1), "t": text("x" * 800)}})


async def test_memory_stays_flat() -> None:
    """However much is sent, no more is held of it than a piece, an object, and the caches of patterns and forms."""
    found = serving(each for at in range(OBJECTS) for each in rows(f"ObjectVNTable:vn{at:05}", UVE))
    route = next(route for route in found.routes() if route.path == "/analytics/uves/{types}/{name:path}")
    sent = 0
    looked_at: list[int] = []

    async def send(message: Any) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))
        looked_at.append(sent)

    async def whole() -> None:
        response = await route.handler(request_of("/analytics/uves/virtual-network/*"))
        await response({"type": "http", "asgi": {"spec_version": "2.4"}}, _nothing, send)

    found.mirror.table("ObjectVNTable").names()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        await whole()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert OBJECTS == found.reads[0].objects
    assert sent > 20 * PIECES_AND_AN_OBJECT
    assert peak - before < PIECES_AND_AN_OBJECT
    assert len(looked_at) > sent // 40_000


async def _nothing() -> Any:
    return {"type": "http.request"}
