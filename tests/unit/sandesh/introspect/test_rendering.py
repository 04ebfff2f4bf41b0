import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from satark.sandesh.introspect.modules import Module
from satark.sandesh.introspect.rendering import INSTRUCTION, answer_html, answer_json, answer_xml, module_xml
from satark.sandesh.types import STRING, ListOf, MapOf, StructOf
from satark.sandesh.wire.writer import encode_message
from tests.unit.sandesh.introspect.test_pages import EVIL, Elements
from tests.unit.sandesh.probe import ProbeRequest, ProbeStat, ProbeSystemLog, ProbeUve, ProbeUveTrace
from tests.unit.sandesh.values import message_class

SHEET = resources.files("satark.sandesh.introspect").joinpath("universal_parse.xsl").read_bytes()


def test_one_and_several() -> None:
    """One message stands for itself; several, or none, are a list named after the first."""
    assert INSTRUCTION + b"<A/>" == answer_xml([b"<A/>"], "A")
    assert INSTRUCTION + b'<__A_list type="slist"><A/><B/></__A_list>' == answer_xml([b"<A/>", b"<B/>"], "A")
    assert INSTRUCTION + b'<__A_list type="slist"></__A_list>' == answer_xml([], "A")


def test_json() -> None:
    """Values keep their types; a number that JSON has not is text."""
    uve = ProbeUveTrace(data=ProbeUve(name=EVIL, total=3, ratio=float("nan"), u_list=["a"]))

    told = json.loads(answer_json([uve]))

    assert [{"name": "ProbeUveTrace", "fields": {"data": told[0]["fields"]["data"]}}] == told
    assert {"name": EVIL, "total": 3, "ratio": "nan", "u_list": ["a"]} == told[0]["fields"]["data"]


def test_html() -> None:
    """Structs, lists and maps become tables, with all their values as text."""
    data = ProbeUve(
        name=EVIL,
        stats_list=[ProbeStat(in_bytes=1, peer="p1"), ProbeStat(in_bytes=2, out_bytes=9, peer="p2")],
        stats_map={"key": ProbeStat(in_bytes=3)},
        u_list=["first", "second"],
    )

    text = answer_html(answer_xml([encode_message(ProbeUveTrace(data=data))], "ProbeUveTrace"), SHEET)

    assert "script" not in Elements(text).names
    assert all(each in text for each in ("p1", "p2", "<b>out_bytes</b>: 9", "key", "first", "second"))


def test_pairs() -> None:
    """The keys of a map by structs are tables beside their values."""
    class_: Any = message_class((("pairs", MapOf(StructOf("ProbeStat", lambda: ProbeStat), ListOf(STRING))),))
    message = class_(pairs=[(ProbeStat(in_bytes=1, peer="p1"), ["first"])])

    text = answer_html(answer_xml([encode_message(message)], "Drawn"), SHEET)

    key = "<table><tr><th>in_bytes</th><td>1</td></tr><tr><th>peer</th><td>p1</td></tr></table>"
    assert f"<tr><th>{key}</th><td><ul><li>first</li></ul></td></tr>" in text


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a&b=c", "a%26b=c"), ("50%", "50%25"), ("a#b+c;d", "a%23b%2Bc%3Bd"), ("plain", "plain"), ("<x>", "<x>")],
)
def test_link(value: str, expected: str) -> None:
    """A value that leads to a request is one parameter of it, whatever it contains."""
    answer = etree.Element("A", type="sandesh")
    field = etree.SubElement(answer, "field", type="string", identifier="1", link="ProbeRequest")
    field.text = value

    page = Elements(answer_html(etree.tostring(answer), SHEET))

    assert [f"/Snh_ProbeRequest?x={expected}"] == [
        None if each is None else each.replace("%3C", "<").replace("%3E", ">") for each in page.links
    ]


def test_long_link() -> None:
    """A value too long for a URL is text."""
    answer = b'<A type="sandesh"><field type="string" identifier="1" link="B">' + b"x" * 5_000 + b"</field></A>"

    assert [] == Elements(answer_html(answer, SHEET)).links


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Whatever a message says is shown, and is never an element."""
    told = encode_message(ProbeSystemLog(text=text, number=1))

    page = Elements(answer_html(INSTRUCTION + told, SHEET))

    assert {"div", "section", "h2", "table", "tr", "th", "td"} == set(page.names)


def test_module() -> None:
    """A module's page for programs names each request with its inputs and their types."""
    told = module_xml(Module("probe", (ProbeRequest,)))

    assert told.startswith(
        INSTRUCTION + b'\n<probe type="rlist">\n<ProbeRequest type="sandesh">\n<name type="string">0</name>'
    )
    assert b'<id type="ct_uuid_t">0</id></ProbeRequest>\n</probe>\n' in told
