from time import process_time
from typing import Any

import pytest

from satark.simulators.vco.aggregate import aggregate_rows
from satark.simulators.vco.feed import Feed
from satark.simulators.vco.grid import grid, parse_grid
from satark.simulators.vco.params import Window
from satark.simulators.vco.server import running_vco
from satark.simulators.vco.timeline import Timeline
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.unit.simulators.vco.portal_client import END_MS, portal_client

EDGES = "enterprise/getEnterpriseEdges"


class TestParse:
    def test_three_numbers(self) -> None:
        """A size is three numbers."""
        assert parse_grid("2x500x3") == (2, 500, 3)

    @pytest.mark.parametrize("text", ["", "2x500", "0x1x1", "1x1x1x1", "axbxc", "1x-1x1", "999x9999x9"])
    def test_refused(self, text: str) -> None:
        """Anything else is refused, and so is a world without measure."""
        with pytest.raises(ValueError, match="links"):
            parse_grid(text)


class TestGrid:
    def test_size(self) -> None:
        """The world is as large as it is asked to be, and always the same."""
        world = grid(2, 5, 3)

        assert world == grid(2, 5, 3)
        assert [(5, 15), (5, 15)] == [
            (len(one.edges), sum(len(edge.links) for edge in one.edges)) for one in world.enterprises
        ]

    async def test_pages(self) -> None:
        """More edges than a page holds come in pages, in both APIs; the bulk call has all links at once."""
        hour = {"start": END_MS - 300_000, "end": END_MS}
        async with running_vco(world=grid(1, 2100, 1)) as vco, portal_client(vco) as client:
            first = await client.result(EDGES, {"limit": 5000})
            second = await client.result(EDGES, {"nextPageLink": first["metaData"]["nextPageLink"]})
            base = f"/api/sdwan/v2/enterprises/{vco.sim.world.enterprises[0].logical_id}"
            page = (await client.get(f"{base}/edges/")).json()
            rest = (await client.get(f"{base}/edges/", nextPageLink=page["metaData"]["nextPageLink"])).json()
            rows = await client.result("monitoring/getAggregateEdgeLinkMetrics", {"interval": hour})

        ids: list[Any] = [row["id"] for row in first["data"] + second["data"]]
        assert (2048, 52) == (len(first["data"]), len(second["data"])) == (len(page["data"]), len(rest["data"]))
        assert len(set(ids)) == len(rows) == 2100

    def test_quick(self) -> None:
        """A bulk call over ten thousand links costs about half a second of CPU; four are allowed to a busy machine."""
        world = grid(1, 3334, 3)
        feed = Feed(world, Timeline.bound((), world, 1), seed=1)
        begin = process_time()
        rows = aggregate_rows(feed, world.enterprises, Window(END_MS - 300_000, END_MS), NORTHWIND_NOW)

        assert len(rows) == 10_002
        assert process_time() - begin < 4
