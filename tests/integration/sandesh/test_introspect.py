import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from lxml import etree

from satark.sandesh.generator import Asked, Generator
from satark.sandesh.generator.messages.traces import SandeshTraceTextResponse
from tests.integration.sandesh.pair import generator, log, uve
from tests.unit.sandesh.probe import ProbeRequest

INSTRUCTION = b'<?xml-stylesheet type="text/xsl" href="/universal_parse.xsl"?>'


@pytest.fixture
async def here() -> AsyncIterator[Generator]:
    """A generator without collectors, with introspect, a UVE, a trace and a handler."""
    async with generator(http_port=0) as one:
        one.send(uve("<net&'\"1>", 3))
        one.traces.create("ring", 5)
        one.trace("ring", log(1, "<x>"))

        @one.on(ProbeRequest)
        def answer(request: ProbeRequest, _asked: Asked) -> Any:
            if request.count == 13:
                raise RuntimeError("secret")
            return [SandeshTraceTextResponse(traces=[repr(request)]) for _ in range(request.count or 0)]

        yield one


async def get(here: Generator, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    url = f"http://127.0.0.1:{here.http_port}{path}"
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers) as response:
        return response.status, await response.read()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", b"Modules for probe"),
        ("/index.html", b'<a href="sandesh_trace.xml">sandesh_trace</a>'),
        ("/sandesh_uve.xml", b'<SandeshUVECacheReq type="sandesh">\n<tname type="string">0</tname>'),
        ("/universal_parse.xsl", b"<xsl:stylesheet"),
        ("/css/style.css", b"border-collapse"),
        ("/Snh_CollectorInfoRequest", b"<CollectorInfoResponse type="),
        ("/Snh_SandeshUVETypesReq", b'link="SandeshUVECacheReq">ProbeUve<'),
        ("/Snh_SandeshTraceBufferListRequest", b">ring<"),
        ("/Snh_SandeshTraceRequest?x=ring", b"ProbeSystemLog:"),
        ("/Snh_SandeshTraceBufStatusReq", b">Enabled<"),
        ("/Snh_SandeshMessageStatsReq", b"<send_queue_stats"),
        ("/Snh_SandeshLoggingParamsStatus", b">SYS_INFO<"),
        ("/Snh_SandeshSendingParamsStatus", b"<system_logs_rate_limit"),
        ("/Snh_SandeshSendQueueStatus", b">true<"),
        ("/Snh_ProbeRequest?x=a&count=2", b"<__SandeshTraceTextResponse_list type="),
    ],
)
async def test_pages(here: Generator, path: str, expected: bytes) -> None:
    """Every page is there and says what it should."""
    status, body = await get(here, path)

    assert 200 == status
    assert expected in body


async def test_cache(here: Generator) -> None:
    """Cached UVEs are shown as on the wire, in a list, well-formed whatever is in them."""
    _, body = await get(here, "/Snh_SandeshUVECacheReq?tname=ProbeUve")

    assert body.startswith(INSTRUCTION + b'<__ProbeUveTrace_list type="slist"><ProbeUveTrace type="sandesh">')
    root = etree.fromstring(body)
    assert ["<net&'\"1>"] == root.xpath("//ProbeUve/name/text()")
    assert ["1"] == root.xpath("//returned/text()")


async def test_browser(here: Generator) -> None:
    """A browser gets HTML with the same values as text, and links instead of their targets' names."""
    status, body = await get(here, "/Snh_SandeshUVECacheReq?x=ProbeUve", Accept="text/html,application/xml;q=0.9")
    _, types = await get(here, "/Snh_SandeshUVETypesReq", Accept="text/html")
    _, forms = await get(here, "/sandesh_trace.xml", Accept="text/html")

    assert (200, True) == (status, body.startswith(b"<!DOCTYPE html>"))
    assert b"&lt;net&amp;'\"1&gt;" in body
    assert b'<a href="/Snh_SandeshUVECacheReq?x=ProbeUve">ProbeUve</a>' in types
    assert b'<input name="buf_name"' in forms


async def test_json(here: Generator) -> None:
    """Who accepts JSON gets JSON, errors too."""
    _, body = await get(here, "/Snh_SandeshUVECacheReq?x=ProbeUve", Accept="application/json")
    status, problem = await get(here, "/Snh_Nope", Accept="application/json")

    assert ["ProbeUveTrace", "SandeshUVECacheResp"] == [each["name"] for each in json.loads(body)]
    assert (404, 404, "Not Found") == (status, json.loads(problem)["status"], json.loads(problem)["title"])


@pytest.mark.parametrize(
    ("path", "expected", "told"),
    [
        ("/Snh_Nope", 404, b"no such page"),
        ("/nope.xml", 404, b"no such page"),
        ("/%2e%2e/%2e%2e/etc/passwd", 404, b"404 Not Found"),
        ("/css/..%2fserver.py", 404, b"404 Not Found"),
        ("/Snh_ProbeRequest?nosuch=1", 400, b"no such parameter"),
        ("/Snh_ProbeRequest?nam=1", 400, b"no such parameter"),
        ("/Snh_ProbeRequest?%3Cscript%3E=1", 400, b"no such parameter"),
        ("/Snh_ProbeRequest?name=a&name=b", 400, b"given twice"),
        ("/Snh_ProbeRequest?name=a&x=b", 400, b"given twice"),
        ("/Snh_ProbeRequest?name=%00", 400, b"control character"),
        ("/Snh_ProbeRequest?count=zz", 400, b"count is no i32"),
        ("/Snh_ProbeRequest?count=2147483648", 400, b"count is no i32"),
        ("/Snh_ProbeRequest?big=-1", 400, b"big is no u64"),
        ("/Snh_ProbeRequest?flag=maybe", 400, b"flag is no bool"),
        ("/Snh_ProbeRequest?addr=1.2.3", 400, b"addr is no ipaddr"),
        ("/Snh_ProbeRequest?id=x", 400, b"id is no ct_uuid_t"),
        ("/Snh_ProbeRequest?name=" + "x" * 5_000, 400, b"at most 4096"),
        ("/Snh_ProbeRequest?name=" + "x" * 100_000, 400, b""),
        ("/Snh_ProbeRequest?count=13", 500, b"see the log"),
        ("/Snh_SandeshLoggingParamsSet?log_level=LOUD", 400, b"log_level"),
    ],
)
async def test_hostile(here: Generator, path: str, expected: int, told: bytes) -> None:
    """What cannot be answered is told clearly, and nothing of the inside or of the input's markup gets out."""
    status, body = await get(here, path)

    assert expected == status
    assert told in body
    assert b"<script>" not in body
    assert b"secret" not in body


async def test_foreign(here: Generator) -> None:
    """Nothing but GET and HEAD is taken, nor a request that another site or another host name sends."""
    path = "/Snh_SandeshSendQueueSet?enable=false"

    statuses = [
        (await get(here, path, "POST"))[0],
        (await get(here, path, "PUT"))[0],
        (await get(here, path, **{"Sec-Fetch-Site": "cross-site"}))[0],
        (await get(here, path, Host="evil.example:80"))[0],
        (await get(here, "/", "HEAD"))[0],
    ]

    assert [405, 405, 403, 403, 200] == statuses
    assert here.writer.enabled


async def test_settings(here: Generator) -> None:
    """Settings change by their own requests only, and a look changes nothing."""
    await get(here, "/Snh_SandeshTraceEnableDisableReq")
    await get(here, "/Snh_SandeshTraceBufferEnableDisableReq?trace_buf_name=ring")
    looked = (here.traces.enabled, here.traces.is_enabled("ring"))
    await get(here, "/Snh_SandeshTraceEnableDisableReq?enable=false")
    await get(here, "/Snh_SandeshTraceBufferEnableDisableReq?trace_buf_name=ring&enable=0")
    await get(here, "/Snh_SandeshSendingParamsSet?system_logs_rate_limit=5&disable_all_logs=1")
    await get(here, "/Snh_SandeshLoggingParamsSet?enable=true&log_level=SYS_DEBUG&category=A")

    assert (True, True) == looked
    assert (False, False) == (here.traces.enabled, here.traces.is_enabled("ring"))
    assert (5, True) == (here.outbox.sending.system_logs_rate_limit, here.outbox.sending.disable_all_logs)
    assert (True, 7, "A") == (here.outbox.logging.enable, here.outbox.logging.level, here.outbox.logging.category)


async def test_at_once(here: Generator) -> None:
    """Many can ask at the same time."""
    answers = await asyncio.gather(*(get(here, f"/Snh_ProbeRequest?name=n{each}&count=1") for each in range(50)))

    assert [True] * 50 == [f"&apos;n{each}&apos;".encode() in body for each, (_, body) in enumerate(answers)]
