import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import aiohttp
import pytest
from lxml import etree

from satark.sandesh.generator import Asked, Generator
from satark.sandesh.generator.acknowledging import Acknowledgement
from satark.sandesh.generator.counters import TX_NAMES, MessageCounters
from satark.sandesh.generator.messages.state import SandeshModuleClientTrace
from satark.sandesh.generator.uves import UveCache
from satark.sandesh.wire.reader import decode_message
from tests.integration.sandesh.recorded import NEITHER, Exchange, View, elements, exchanges, find, shape
from tests.unit.sandesh.generated import generated

INSTRUCTION = b'<?xml-stylesheet type="text/xsl" href="/universal_parse.xsl"?>'
MISTAKE = "a mistake of the caller has its own status, where the originals answer 200 or something else (defect 15)"
UNKNOWN = "a parameter that the request lacks is refused; the originals ignore it, or take it for the first (defect 15)"
NO_TOGGLE = "a look changes nothing, where the originals toggle (defect 14)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """How our answer is another, and why. `extra` elements are only in ours, `missing` ones only in theirs."""

    why: str
    status: int = 200
    extra: frozenset[str] = NEITHER
    missing: frozenset[str] = NEITHER
    texts: bool = True
    order: bool = True
    rows: bool = True

    def views(self, dialect: str) -> tuple[View, View]:
        """What counts of theirs, and of ours, where a response of Python's dialect has no `more`."""
        extra = self.extra | ({"more"} if dialect == "py" else NEITHER)
        theirs = View(without=self.missing, texts=self.texts, order=self.order, rows=self.rows)
        return theirs, replace(theirs, without=extra)


SAME = Differs(why="")
ONLY_CPP = frozenset(("trace_print", "enable_flow_log", "disable_flows"))
TYPES = "types are told in order of their names, and only those that were sent"
KEY = "the key is heeded, which C++ does not see over HTTP (defect 14)"
COUNTS = (
    "counts of 0 are not told, types in order of their names; the first close may be followed by another after 10 s"
)
SPACING = frozenset(("session_close_interval_msec",))
ZEROS = frozenset(("bytes_sent_dropped", "bytes_sent_dropped_no_client", "bytes_sent_dropped_wrong_client_sm_state"))
PERIOD = "the period is told as in C++"
BY_NAME = "buffers are told in order of their names"
DIFFERENCES = {
    "py/17_uve_cache_none": Differs(missing=frozenset(("period",)), why="a type that is not known has no period"),
    "py/14_uve_cache": Differs(texts=False, why=PERIOD),
    "py/15_uve_cache_x": Differs(texts=False, why=PERIOD),
    "py/16_uve_cache_key": Differs(missing=frozenset(("period",)), why="a type that is not known has no period"),
    "py/25_trace_list": Differs(order=False, why=BY_NAME),
    "py/29_trace_status": Differs(order=False, why=BY_NAME),
    "cpp/20_trace_list": Differs(rows=False, texts=False, why=BY_NAME),
    "py/05_module_missing": Differs(status=404, why=MISTAKE),
    "py/08_request_badint": Differs(status=400, why=MISTAKE),
    "py/09_request_baduuid": Differs(status=400, why=MISTAKE),
    "py/11_unimplemented": Differs(status=501, why=MISTAKE),
    "py/13_uve_types": Differs(rows=False, texts=False, extra=frozenset(("dsconf", "timeout")), why=TYPES),
    "py/18_collector_info": Differs(texts=False, why="another collector"),
    "py/19_logging_status": Differs(extra=ONLY_CPP, texts=False, why="all parameters, as in C++"),
    "py/20_logging_set": Differs(extra=ONLY_CPP, why="all parameters, as in C++"),
    "py/21_logging_set_back": Differs(extra=ONLY_CPP, texts=False, why="all parameters, as in C++"),
    "py/22_sending_status": Differs(extra=ONLY_CPP, why="all parameters, as in C++"),
    "py/23_sending_set": Differs(extra=ONLY_CPP, texts=False, why="disable_all_logs has an effect (defect 14)"),
    "py/26_trace_read": Differs(texts=False, why="fields are named in every text"),
    "py/27_trace_read_x_count": Differs(texts=False, why="the newest, not the oldest (defect 16)"),
    "py/31_trace_buf_toggle": Differs(texts=False, why=NO_TOGGLE),
    "py/33_trace_toggle": Differs(texts=False, why=NO_TOGGLE),
    "py/45_ctrl_as_http": Differs(status=404, why="a control message is no request of introspect"),
    "py/47_post": Differs(status=405, why="the same, told with another page"),
    "py/50_bool_values_True": Differs(status=200, why="true and false are truth values, in any case (defect 15)"),
    "py/53_unknown_param": Differs(status=400, why=UNKNOWN),
    "py/55_bool_word": Differs(status=200, why="true and false are truth values, in any case (defect 15)"),
    "cpp/09_unimpl": Differs(status=501, why="the original leaves the caller waiting (defect 15)"),
    "cpp/10_uve_types": Differs(rows=False, texts=False, why=TYPES),
    "cpp/13_uve_cache_key": Differs(rows=False, texts=False, why=KEY),
    "cpp/19_msg_stats": Differs(order=False, missing=ZEROS | SPACING, extra=SPACING, why=COUNTS),
    "py/24_msg_stats": Differs(order=False, missing=SPACING, extra=SPACING, why=COUNTS),
    "cpp/15_collector": Differs(texts=False, why="another collector"),
    "cpp/16_log_status": Differs(texts=False, why="any category is told as an empty one, as in Python"),
    "cpp/17_log_set": Differs(texts=False, why="a parameter that is set has an effect (defect 14)"),
    "cpp/21_trace_read": Differs(texts=False, why="fields are named in every text"),
    "cpp/22_trace_x": Differs(texts=False, why="fields are named in every text"),
    "cpp/23_trace_count": Differs(texts=False, why="the newest, not the oldest (defect 16)"),
    "cpp/25_trace_toggle": Differs(texts=False, why=NO_TOGGLE),
    "cpp/27_trace_status": Differs(rows=False, texts=False, why="other buffers"),
    "cpp/35_unknown_param": Differs(status=400, why=UNKNOWN),
    "cpp/37_escaped": Differs(texts=False, why="+ is a space, as forms send it and Python takes it"),
    "cpp/38_no_params": Differs(missing=frozenset(("name",)), why="what was not given is not set, as in Python"),
    "cpp/39_sending_set": Differs(texts=False, why="a parameter that is set has an effect (defect 14)"),
    "cpp/40_post": Differs(status=405, why="only GET and HEAD, as in Python"),
    "cpp/42_bad_int": Differs(status=400, why=MISTAKE),
    "cpp/43_bad_uuid": Differs(status=400, why=MISTAKE),
}
ARGUMENTS = {"SandeshUVEData": {"ewmd_y": "EWM:0.8", "ewmn_y": "Null", "ewmi_y": "EWM:0"}}
CASES = [(dialect, each) for dialect in ("py", "cpp") for each in exchanges(dialect).values()]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The messages of the recorded programs, compiled: a module for each file."""
    files = ("idl/probe.sandesh", "idl/sandesh_alarm_base.sandesh", "introspect/uves.sandesh")
    with generated(tmp_path_factory.mktemp("generated"), "recorded_pages", *files) as package:
        yield package


def acknowledge(request: Any) -> Acknowledgement:
    """The only alarm of the recorded program is acknowledged."""
    return Acknowledgement.SUCCESS if request.name == "a1" else Acknowledgement.NOT_PRESENT


@asynccontextmanager
async def program(known: Any, dialect: str, exchange: Exchange) -> AsyncIterator[Generator]:
    """A generator in the state in which the original was when it answered."""
    probe = known.probe
    requests = [probe.ProbeRequest, probe.ProbePagedRequest, probe.ProbeUnimplementedRequest]
    module = f"{'probe' if dialect == 'py' else 'cpp'}-module"
    options: Any = {"derived_statistics": ARGUMENTS, "acknowledge_alarm": acknowledge}
    async with Generator(
        module, "probe-host", messages=requests, http_port=0, node_table="ObjectVRouter", **options
    ) as one:

        @one.on(probe.ProbeRequest)
        def answer(request: Any, _asked: Asked) -> Any:
            rows = [probe.ProbeRow(key=f"k{n}", value=n, blob=f'<a x="1">{n}</a>') for n in range(request.count or 2)]
            return probe.ProbeResponse(name=request.name, rows=rows, extra=probe.Inner(tag="t", num=1))

        @one.on(probe.ProbePagedRequest)
        def pages(_request: Any, _asked: Asked) -> Any:
            return [probe.ProbePagedResponse(page=number, lines=[f"l{number}"]) for number in range(3)]

        one.outbox.cache = UveCache()
        one.outbox.sending = replace(one.outbox.sending, system_logs_rate_limit=100)
        buffer, other = ("ProbeTraceBuf", "OffBuf") if dialect == "py" else ("CppTraceBuf", "IOTraceBuf")
        one.traces.create(buffer, 5)
        one.traces.create(other, 5, enabled=dialect == "cpp")
        for number in range(8):
            one.trace(buffer, probe.ProbeTrace(what="t", n=number))
        _restore(one, known, exchange)
        yield one


def _restore(one: Generator, known: Any, exchange: Exchange) -> None:
    """Put what an answer tells of into a generator: UVEs, counts, parameters that were set before."""
    classes = [known.probe.ProbeUveTrace, known.uves.SandeshUVETest, known.uves.SandeshPeriodicTest]
    classes += [known.sandesh_alarm_base.AlarmTrace, SandeshModuleClientTrace]
    if "DSConf" in exchange.path:
        one.declare([known.uves.SandeshUVETest])
    if "AlarmTypes" in exchange.path:
        alarms = known.sandesh_alarm_base.UVEAlarms(name="a1")
        one.send(known.sandesh_alarm_base.AlarmTrace(data=alarms, table="ObjectVRouter"))
    if not exchange.body.startswith(INSTRUCTION.decode()):
        return
    for class_ in classes:
        for number, body in enumerate(elements(exchange.body, class_.__sandesh__.name), 1):
            message = decode_message(class_, body)
            one.outbox.cache.update(message, sequence_number=number, level=5, now_s=0.0)
    if "UVETypes" in exchange.path:
        one.send(known.probe.ProbeUveTrace(data=known.probe.ProbeUve(name="vn1")))
    if "MessageStats" in exchange.path:
        queue = one.outbox.queue
        queue.enqueued, queue.longest = (int(find(exchange.body, name)[0]) for name in ("enqueues", "max_count"))
        one.outbox.counters = MessageCounters()
        for each in elements(exchange.body, "SandeshMessageTypeStats"):
            _count(one, etree.fromstring(each))


def _count(one: Generator, row: Any) -> None:
    counts = {each.tag: int(each.text) for each in row.find("stats")[0]}
    name = row.findtext("message_type")
    counters = one.outbox.counters
    for tallies, direction in ((counters.sent, "sent"), (counters.received, "received")):
        if f"messages_{direction}" in counts:
            counters._of(tallies, name).messages = counts[f"messages_{direction}"]
            counters._of(tallies, name).bytes = counts[f"bytes_{direction}"]
    for cause, text in TX_NAMES.items():
        tally = counters._of(counters.sent, name)
        if f"messages_sent_dropped_{text}" in counts:
            tally.dropped[cause] = counts[f"messages_sent_dropped_{text}"]
            tally.dropped_bytes[cause] = counts[f"bytes_sent_dropped_{text}"]


async def ask(one: Generator, exchange: Exchange) -> tuple[int, str | None, bytes]:
    """Status, content type and body of our answer to the recorded request."""
    url = f"http://127.0.0.1:{one.http_port}{exchange.path}"
    async with aiohttp.ClientSession() as session, session.request(exchange.method, url) as response:
        return response.status, response.headers.get("Content-Type"), await response.read()


@pytest.mark.parametrize(("dialect", "exchange"), CASES, ids=[f"{dialect}/{each.name}" for dialect, each in CASES])
async def test_as_the_originals(known: ModuleType, dialect: str, exchange: Exchange) -> None:
    """Every recorded request has the answer that the original gave, but for the differences of the table."""
    allowed = DIFFERENCES.get(f"{dialect}/{exchange.name}", SAME)
    expected = exchange.status if allowed is SAME else allowed.status

    async with program(known, dialect, exchange) as one:
        status, content_type, body = await ask(one, exchange)

    assert expected == status
    if status != 200 or not exchange.body.startswith(INSTRUCTION.decode()):
        return
    assert "text/xml; charset=utf-8" == content_type
    assert body.startswith(INSTRUCTION)
    theirs, ours = allowed.views(dialect)
    assert shape(exchange.body, theirs) == shape(body, ours)


@pytest.mark.parametrize("dialect", ["py", "cpp"])
async def test_module_page(known: ModuleType, dialect: str) -> None:
    """The page of a program's module is that of the originals to the byte."""
    recorded = exchanges(dialect)["03_module_xml"]

    async with program(known, dialect, recorded) as one:
        _, _, body = await ask(one, recorded)

    assert recorded.body.encode() == body


@pytest.mark.parametrize("dialect", ["py", "cpp"])
async def test_index(known: ModuleType, dialect: str) -> None:
    """The index has the originals' title and links to modules, those of the program and of the library."""
    recorded = exchanges(dialect)["01_index"]
    wanted = {"probe", "sandesh_trace", "sandesh_uve"}

    async with program(known, dialect, recorded) as one:
        _, content_type, body = await ask(one, recorded)

    links = set(re.findall(r'href="(\w+)\.xml"', body.decode()))
    assert "text/html; charset=utf-8" == content_type
    assert f"Modules for {one.identity.module}" in body.decode()
    assert f"Modules for {one.identity.module}" in recorded.body
    assert wanted <= links
    assert wanted <= set(re.findall(r'href="(\w+)\.xml"', recorded.body))


def test_every_difference_is_about_a_recorded_request() -> None:
    """The table has no row for a request that nobody recorded, and a reason in every row."""
    names = {f"{dialect}/{each.name}" for dialect, each in CASES}

    assert set() == set(DIFFERENCES) - names
    assert all(each.why for each in DIFFERENCES.values())
