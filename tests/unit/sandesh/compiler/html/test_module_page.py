import pytest

from satark.sandesh.compiler.html import HTML
from satark.sandesh.compiler.html.module_page import module_page
from satark.sandesh.idl import Unit, load, load_texts
from tests.support.environment import REPOSITORY
from tests.unit.sandesh.compiler.programs import DATA

SANDESH_UVE = """
request sandesh SandeshMessageStatsReq { }
request sandesh SandeshLoggingParamsSet {
    1: optional bool enable; 2: optional string category; 3: optional string log_level
    4: optional bool trace_print; 5: optional bool enable_flow_log
}
request sandesh SandeshLoggingParamsStatus { }
request sandesh SandeshSendingParamsSet {
    1: optional u32 system_logs_rate_limit; 2: optional bool disable_object_logs
    3: optional bool disable_all_logs; 4: optional bool disable_flows
}
request sandesh SandeshSendingParamsStatus { }
request sandesh SandeshSendQueueParamsSet {
    1: optional bool high; 2: optional u32 queue_count; 3: optional string sending_level
}
request sandesh SandeshSendQueueParamsReset { }
request sandesh SandeshSendQueueParamsStatus { }
request sandesh SandeshSendQueueSet { 1: optional bool enable }
request sandesh SandeshSendQueueStatus { }
request sandesh CollectorInfoRequest { }
request sandesh SandeshUVEDSConfReq { 1: string tname; 2: string dsattr; 3: string dsconf }
request sandesh SandeshUVECacheReq { 1: string tname; 2: optional string key }
response sandesh SandeshUVETypesResp { 1: list<string> names }
request sandesh SandeshUVETypesReq { }
"""
SANDESH_TRACE = """
typedef string Name
request sandesh SandeshTraceRequest { 1: Name buf_name; 2: optional i32 count }
request sandesh SandeshTraceBufferListRequest { }
request sandesh SandeshTraceEnableDisableReq { 1: optional bool enable }
request sandesh SandeshTraceBufStatusReq { }
request sandesh SandeshTraceBufferEnableDisableReq { 1: string trace_buf_name; 2: optional bool enable }
"""


def unit(name: str) -> Unit:
    """A program of the original's library, or the probe."""
    if name == "probe":
        return load(REPOSITORY / "tests" / "data" / "sandesh" / "idl" / "probe.sandesh").main
    return load_texts(
        {f"{name}.sandesh": {"sandesh_uve": SANDESH_UVE, "sandesh_trace": SANDESH_TRACE}[name]}, f"{name}.sandesh"
    ).main


@pytest.mark.parametrize("name", ["probe", "sandesh_uve", "sandesh_trace"])
def test_it_is_what_the_original_serves(name: str) -> None:
    """The recorded page and ours are the same bytes."""
    expected = (DATA / "module_pages" / f"{name}.xml").read_bytes()

    assert module_page(unit(name)).encode() == expected


def test_structs_nest_and_containers_are_left_out() -> None:
    """Fields that no form can fill are not there; enums are numbers."""
    text = "enum E { A }\nstruct S { 1: i32 a; 2: set<i32> b }\nrequest sandesh R { 1: S s; 2: list<i32> l; 3: map<i32, i32> m; 4: E e }"

    page = module_page(load_texts({"t.sandesh": text}, "t.sandesh").main)

    assert '<s type="struct"><a type="i32">0</a></s><e type="i32">0</e></R>' in page


def test_it_is_called_as_the_original_calls_it() -> None:
    """The introspect server asks for the name of the module."""
    bundle = load_texts({"folder/t.sandesh": ""}, "folder/t.sandesh")

    assert HTML.generate(bundle, {})["t.xml"].endswith('<t type="rlist">\n</t>\n')
