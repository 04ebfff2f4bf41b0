"""Sections 2.3 and 2.4 of the analytics specification as tables."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest
from starlette.requests import Request

from satark.analytics.uves.usage import ApiRead
from satark.schemas.uves import Value
from tests.unit.analytics.mirror.records import G1, G2, G3, VN, alarm, number, rows, state, text, uve_of
from tests.unit.analytics.routes.serving import Served, serving
from tests.unit.analytics.web.asking import BASE

UVE = uve_of(
    {
        ("Agent", G1): {"n": number(4, aggtype="sum"), "x": number(1)},
        ("Agent", G2): {"n": number(7, aggtype="sum"), "x": number(2)},
        ("Config", G3): {"cfg": number(9)},
    }
)
OTHER = uve_of({("Agent", "h9:Compute:contrail-vrouter-agent:0"): {"x": number(5)}})
NAME = VN.partition(":")[2]
AT = f"/analytics/uves/virtual-network/{NAME}"
X = [[1, G1], [2, G2]]
OK, DEGRADED, NOT_MODIFIED, BAD, MISSING, UNAVAILABLE = 200, 500, 304, 400, 404, 503


def vns() -> Served:
    """Two networks, a router, and an object of a table that nobody knows."""
    objects = {VN: UVE, "ObjectVNTable:other/net": OTHER, "ObjectVRouter:a6s40": OTHER, "ObjectFoo:f": OTHER}
    return serving([each for key, uve in objects.items() for each in (*rows(key, uve), state(key, uve))])


class TestTypes:
    async def test_all_types_are_listed(self) -> None:
        """The 37 of the original and the tables that have objects, each with its plural and a link that resolves."""
        links = await vns().json("/analytics/uves")

        by_name = {link["name"]: link["href"] for link in links}
        assert (38, f"{BASE}/analytics/uves/virtual-networks") == (len(links), by_name["virtual-networks"])
        assert f"{BASE}/analytics/uves/ObjectFoos" == by_name["ObjectFoos"]
        assert sorted(by_name) == list(by_name)

    async def test_types_tell_whose_they_are(self) -> None:
        """37 types, and which only administrators own."""
        types = await serving().json("/analytics/uve-types")

        assert 37 == len(types)
        assert {"global_system_object": False} == types["virtual-network"]
        assert {"global_system_object": True} == types["vrouter"]

    async def test_a_list_that_may_lack_something_says_so(self) -> None:
        """While the past is being read a list is there with status 500, and a header tells how far it has come."""
        found = vns()
        found.mirror.ready, found.mirror.reading = False, "reading the objects, 43 %"

        response = await found.ask("/analytics/uves")

        assert (DEGRADED, 38) == (response.status_code, len(response.json()))
        assert "reading the objects, 43 %" == response.headers["satark-incomplete"]


class TestNames:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("virtual-networks", [(NAME, "flat"), ("other/net", "flat")]),
            ("ObjectVNTables", [(NAME, "flat"), ("other/net", "flat")]),
            ("virtual-networks?kfilt=default-*", [(NAME, "flat")]),
            ("virtual-networks?kfilt=other/net,nothing", [("other/net", "flat")]),
            ("virtual-networks?kfilt=default.*", []),
            ("virtual-networks?cfilt=Config", [(NAME, "cfilt=Config")]),
            ("virtual-networks?sfilt=h9&kfilt=*", [("other/net", "sfilt=h9")]),
            ("virtual-networks?mfilt=Config:api:0", [(NAME, "mfilt=Config:api:0")]),
            ("virtual-networks?mfilt=contrail-vrouter-agent", [("other/net", "mfilt=contrail-vrouter-agent")]),
            ("vrouters?cfilt=Agent:x,Config", [("a6s40", "cfilt=Agent:x,Config")]),
            ("vrouters?cfilt=UVEAlarms", []),
            ("nothings", []),
        ],
    )
    async def test_names_are_listed(self, path: str, expected: list[tuple[str, str]]) -> None:
        """Those of which anything is wanted, in order; links carry all filters but that of names."""
        kind = "vrouter" if path.startswith("vrouter") else "virtual-network"

        links = await vns().json(f"/analytics/uves/{path}")

        assert [
            {"name": name, "href": f"{BASE}/analytics/uves/{kind}/{name}?{query}"} for name, query in expected
        ] == links

    async def test_links_resolve(self) -> None:
        """Whatever characters a name has."""
        name = "a b/c:d?e#f%2F&g=ü"
        found = serving(rows(f"ObjectVNTable:{name}", UVE))
        (link,) = await found.json("/analytics/uves/virtual-networks")

        shown = await found.json(link["href"].removeprefix(BASE))

        assert (name, 11) == (link["name"], shown["Agent"]["n"])


class TestOne:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("flat", {"Agent": {"__T": 1000, "n": 11, "x": X}, "Config": {"__T": 1000, "cfg": 9}}),
            ("flat=0&kfilt=nothing", {"Agent": {"__T": 1000, "n": 11, "x": X}, "Config": {"__T": 1000, "cfg": 9}}),
            ("sfilt=h1", {"Agent": {"__T": 1000, "n": 4, "x": 1}}),
            ("mfilt=Compute:vra:0", {"Agent": {"__T": 1000, "n": 11, "x": X}}),
            ("mfilt=vra", {}),
            ("mfilt=contrail-vrouter-agent", {}),
            ("cfilt=Agent:x,Config", {"Agent": {"x": X}, "Config": {"__T": 1000, "cfg": 9}}),
            ("cfilt=Agent:x,Agent&sfilt=h2", {"Agent": {"__T": 1000, "n": 7, "x": 2}}),
            ("cfilt=Nope", {}),
            ("sfilt=nope", {}),
            ("tablefilt=vrouter", {"Agent": {"__T": 1000, "n": 11, "x": X}, "Config": {"__T": 1000, "cfg": 9}}),
            ("ackfilt=true", {"Agent": {"__T": 1000, "n": 11, "x": X}, "Config": {"__T": 1000, "cfg": 9}}),
        ],
    )
    async def test_filters(self, query: str, expected: Any) -> None:
        """The table of 1.11; any filter shows an object flat."""
        assert expected == await vns().json(f"{AT}?{query}")

    async def test_a_daemon_alone_is_a_module(self) -> None:
        """The documentation's mfilt names no node type and no instance."""
        shown = await vns().json("/analytics/uves/vrouter/a6s40?mfilt=contrail-vrouter-agent&sfilt=h9")

        assert {"Agent": {"__T": 1000, "x": 5}} == shown

    async def test_raw_tables_and_types_are_the_same(self) -> None:
        """An object is read by either, a table that has no type by its own name."""
        found = vns()

        raw, unknown = (
            await found.json(f"/analytics/uves/ObjectVNTable/{NAME}"),
            await found.json("/analytics/uves/ObjectFoo/f?flat"),
        )

        assert await found.json(AT) == raw
        assert {"Agent": {"__T": 1000, "x": 5}} == unknown

    async def test_names_may_have_slashes(self) -> None:
        """As they are, or escaped."""
        found = vns()

        as_it_is, escaped = [
            await found.json(f"/analytics/uves/virtual-network/{name}?flat") for name in ("other/net", "other%2Fnet")
        ]

        assert {"Agent": {"__T": 1000, "x": 5}} == as_it_is == escaped

    @pytest.mark.parametrize(
        ("query", "status"), [("", OK), ("?flat", OK), ("?missing=404", MISSING), ("?missing=500", BAD)]
    )
    async def test_what_is_not_there(self, query: str, status: int) -> None:
        """`{}`, unless the reader asks for a status."""
        response = await vns().ask(f"/analytics/uves/virtual-network/nothing{query}")

        assert status == response.status_code
        assert status != OK or {} == response.json()

    async def test_what_may_be_there_yet_is_not_missing(self) -> None:
        """While the past is being read nobody knows: 503, and when to come again."""
        found = vns()
        found.mirror.ready = False

        response = await found.ask("/analytics/uves/virtual-network/nothing?missing=404")

        assert (UNAVAILABLE, "5") == (response.status_code, response.headers["retry-after"])

    @pytest.mark.parametrize("query", ["ackfilt=maybe", "stale=soon", "stale=-1", "stale=nan"])
    async def test_wrong_parameters_are_refused(self, query: str) -> None:
        """With 400, and which it was."""
        response = await vns().ask(f"{AT}?{query}")

        assert BAD == response.status_code
        assert query.partition("=")[0] in response.json()["detail"]

    async def test_an_answer_is_not_sent_twice(self) -> None:
        """Who has it already is told so; a hundred reads are the same bytes."""
        found = vns()
        first = await found.ask(f"{AT}?flat")

        again = await found.ask(f"{AT}?flat", headers={"If-None-Match": first.headers["etag"]})
        bodies = {(await found.ask(f"{AT}?flat")).content for _ in range(100)}

        assert (NOT_MODIFIED, b"") == (again.status_code, again.content)
        assert {first.content} == bodies

    async def test_stale_shares_are_told_to_who_asks(self) -> None:
        """Those last heard so long ago, by struct and generator, and when; only those of which anything is wanted."""
        late = uve_of({("Agent", G2): {"x": number(2)}}, seen_us=9_500_000)
        found = serving([*rows(VN, UVE), *rows(VN, late)])

        stale, filtered, fresh = [
            (await found.json(f"{AT}?{query}")).get("__stale")
            for query in ("flat&stale=1", "stale=1&cfilt=Config", "stale=20")
        ]

        assert {"Agent": {G1: 1000}, "Config": {G3: 1000}} == stale
        assert ({"Config": {G3: 1000}}, None) == (filtered, fresh)

    async def test_alarms_are_inside(self) -> None:
        """As struct UVEAlarms, which filters treat as any other; without one of the acknowledgement it is not there."""
        found = serving([*rows(VN, UVE), state(VN, UVE, [alarm()])])

        flat, only, unseen, seen = [
            await found.json(f"{AT}?{query}")
            for query in ("flat", "cfilt=UVEAlarms", "cfilt=UVEAlarms&ackfilt=false", "cfilt=UVEAlarms&ackfilt=true")
        ]

        (shown,) = flat["UVEAlarms"]["alarms"]
        assert ("default-global-system-config:system-defined-process-status", 0, False) == (
            shown["type"],
            shown["severity"],
            shown["ack"],
        )
        assert {"UVEAlarms": flat["UVEAlarms"]} == only == unseen
        assert {} == seen
        assert ["Agent", "Config", "UVEAlarms"] == list(flat)

    async def test_alarms_of_the_detector_join_those_of_others(self) -> None:
        """An object of which another alarm generator tells alarms has both, structured as one union."""
        told = Value(
            type="list",
            element="struct",
            items=(Value(type="struct", struct="UVEAlarmInfo", fields={"type": text("theirs")}),),
            annotations={"aggtype": "union"},
        )
        uve = uve_of({("UVEAlarms", "c1:Analytics:contrail-alarm-gen:0"): {"alarms": told}})
        found = serving([*rows(VN, uve), state(VN, uve, [alarm()])])

        flat, structured = await found.json(f"{AT}?flat"), await found.json(AT)

        assert ["theirs", alarm().type] == [each["type"] for each in flat["UVEAlarms"]["alarms"]]
        assert "2" == structured["UVEAlarms"]["alarms"]["list"]["@size"]

    async def test_large_objects_are_put_together_beside_the_loop(self) -> None:
        """They are the same."""
        uve = uve_of({("Agent", G1): {"t": text("x" * 300_000)}})
        found = serving(rows(VN, uve))

        assert 300_000 == len((await found.json(f"{AT}?flat"))["Agent"]["t"])


class TestMany:
    @pytest.mark.parametrize(
        ("path", "names"),
        [
            ("virtual-network/*", [NAME, "other/net"]),
            ("virtual-network/default-domain:*", [NAME]),
            ("virtual-network/*?kfilt=other*", ["other/net"]),
            ("virtual-network/*?kfilt=other/net,nothing", ["other/net"]),
            ("virtual-network/*?cfilt=Config", [NAME]),
            ("virtual-network/*?mfilt=contrail-vrouter-agent", ["other/net"]),
            ("virtual-network/x*", []),
            ("nothing/*", []),
        ],
    )
    async def test_a_wildcard_is_a_list(self, path: str, names: list[str]) -> None:
        """Always flat, in order, without those of which nothing is wanted."""
        answer = await vns().json(f"/analytics/uves/{path}")

        assert ["value"] == list(answer)
        assert names == [each["name"] for each in answer["value"]]
        assert all(isinstance(each["value"]["Agent"]["x"], int | list) for each in answer["value"] if "Agent" in each)

    @pytest.mark.parametrize(
        ("body", "names"),
        [
            ({}, [NAME, "other/net"]),
            ({"kfilt": ["other/net", NAME, "nothing", NAME]}, ["other/net", NAME]),
            ({"kfilt": ["other/net", "default*"]}, [NAME, "other/net"]),
            ({"kfilt": []}, []),
            ({"sfilt": "h3"}, [NAME]),
            ({"mfilt": "Compute:vra:0", "cfilt": ["Agent:x"], "ackfilt": False}, [NAME]),
        ],
    )
    async def test_filters_may_be_posted(self, body: Any, names: list[str]) -> None:
        """Exact names come in the order of the request; one pattern makes all of them patterns."""
        response = await vns().ask("/analytics/uves/virtual-network", method="POST", json=body)

        assert (OK, names) == (response.status_code, [each["name"] for each in response.json()["value"]])

    @pytest.mark.parametrize("name", ["sfilt", "mfilt", "cfilt"])
    async def test_a_post_is_as_a_get(self, name: str) -> None:
        """With the same filters both show the same."""
        word = {"sfilt": "h1", "mfilt": "Compute:vra:0", "cfilt": "Agent:x,Config"}[name]
        found = vns()

        posted = await found.ask(
            "/analytics/uves/virtual-network",
            method="POST",
            json={name: word.split(",") if name == "cfilt" else word},
        )

        assert (await found.ask(f"/analytics/uves/virtual-network/*?{name}={quote(word)}")).content == posted.content

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            ({"kfilt": "vn1"}, "Invalid kfilt"),
            ({"kfilt": [1]}, "Invalid kfilt"),
            ({"cfilt": "Agent"}, "Invalid cfilt"),
            ({"ackfilt": "true"}, "Invalid ackfilt. ackfilt must be bool"),
            ({"sfilt": 1}, "Invalid sfilt"),
            ([], "the body is no JSON object"),
        ],
    )
    async def test_wrong_bodies_are_refused(self, body: Any, detail: str) -> None:
        """With 400 and the original's words."""
        response = await vns().ask("/analytics/uves/virtual-network", method="POST", json=body)

        assert (BAD, detail) == (response.status_code, response.json()["detail"])

    @pytest.mark.parametrize(("content", "kind"), [(b"{", "application/json"), (b"{}", "text/plain")])
    async def test_what_is_no_json_is_refused(self, content: bytes, kind: str) -> None:
        """With 400, by its content or its type."""
        response = await vns().ask(
            "/analytics/uves/virtual-network", method="POST", content=content, headers={"Content-Type": kind}
        )

        assert BAD == response.status_code


class TestUsage:
    async def test_what_a_read_cost_is_told(self) -> None:
        """Who asked for what, how much was sent, and how it ended."""
        found = vns()

        one = await found.ask(f"{AT}?flat", headers={"User-Agent": "curl"})
        many = await found.ask("/analytics/uves/virtual-network/*")
        listed = await found.ask("/analytics/uves/virtual-networks")

        assert [
            ("get", "virtual-network", 1, len(one.content), OK),
            ("get", "virtual-network", 2, len(many.content), OK),
            ("list", "virtual-network", 2, len(listed.content), OK),
        ] == [(each.operation, each.object_type, each.objects, each.size_bytes, each.status) for each in found.reads]
        assert ("curl", f"{BASE}{AT}?flat", "127.0.0.1") == _asked(found.reads[0])
        assert all(read.duration_us > 0 for read in found.reads)


class TestStreaming:
    async def test_a_wildcard_comes_as_it_is_put_together(self) -> None:
        """The first bytes are sent before the last object is looked at, and no piece is larger than one and an object."""
        found = serving()
        keys = [f"ObjectVNTable:vn{at:05}" for at in range(2_000)]
        found.take(*(each for key in keys for each in rows(key, OTHER)))
        pieces: list[bytes] = []

        async def send(message: Any) -> None:
            pieces.append(message.get("body", b""))
            if len(pieces) == 2:
                found.take(*rows("ObjectVNTable:vn01999", UVE))
            await asyncio.sleep(0)

        response = await found.routes()[3].handler(request_of("/analytics/uves/virtual-network/*"))
        await response({"type": "http", "asgi": {"spec_version": "2.4"}}, _nothing, send)

        shown = json.loads(b"".join(pieces))["value"]
        assert (2_000, 11) == (len(shown), shown[-1]["value"]["Agent"]["n"])
        assert b'{"value": [' == pieces[1]
        assert max(map(len, pieces)) < 20_000


def request_of(path: str) -> Request:
    """A request as the application hands it to a handler."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "server": ("127.0.0.1", 8081),
        "path_params": {"types": "virtual-network", "name": "*"},
    }
    return Request(scope)


async def _nothing() -> Any:
    return {"type": "http.request"}


def _asked(read: ApiRead) -> tuple[str, str, str]:
    return read.user_agent, read.url, read.remote_address
