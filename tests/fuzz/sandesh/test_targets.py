"""The fuzzer's targets, run by hypothesis on mutated captures in every test run."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.session.levels import MIB
from tests.fuzz.sandesh.targets import TARGETS
from tests.unit.sandesh.captures import captures

SEEDS = sorted(
    (data for name, data in captures().items() if "/c2s/" in name or "/s2c/" in name),
    key=lambda data: (len(data), data),
)[:150]
BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;&c;&c;</a>'
HOSTILE = [
    b"",
    b"\0" * 100,
    BOMB,
    b"<a>" * 5000,
    b"<a>" * 200 + b"</a>" * 200,
    b'<L><a type="list">' + b'<list type="list">' * 200 + b"</list>" * 200 + b"</a></L>",
    b"<![CDATA[" * 20_000,
    b"&#1;" * 20_000,
    b'<L type="sandesh">' + b'<a type="i32" identifier="1">5</a>' * 5000 + b"</L>",
    b'<L><a type="map"><map key="list" value="map" size="1"><list/><map/></map></a></L>',
    b"<L><a>" + "\U0010ff01\ufffe\x01".encode() + b"</a></L>",
    b'<sandesh length="0000099999">' + b"</sandesh>" * 2000,
    b'<sandesh length="0000000039"></sandesh>' * 500,
    b"struct S { 1: list<" * 5000,
    b"const i32 A = " + b"[" * 50_000,
    b"/** " * 20_000,
    b'"' * 20_000,
    b"9" * 100_000,
    b"uve sandesh " * 10_000,
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A capture, or its header or message, with a part replaced by garbage or by a part of another."""
    data = draw(st.sampled_from(SEEDS))
    cut = data.find(b"</SandeshHeader>") + len(b"</SandeshHeader>")
    data = draw(st.sampled_from([data, data[29:cut], data[cut:-10]]))
    start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
    other = draw(st.sampled_from(SEEDS))
    piece = draw(st.binary(max_size=20) | st.builds(lambda at: other[at : at + 60], st.integers(0, len(other))))
    return data[:start] + piece + data[end:]


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@given(data=mutated() | st.binary(max_size=200))
def test_a_target_keeps_its_contract(target: Callable[[bytes], object], data: bytes) -> None:
    """Whatever the bytes, only the library's own errors."""
    target(data)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.timeout(20)
def test_a_target_survives_what_is_meant_to_hurt(target: Callable[[bytes], object], data: bytes) -> None:
    """Bombs, depth and repetition cost neither the contract nor much time."""
    assert len(data) < MIB

    target(data)
