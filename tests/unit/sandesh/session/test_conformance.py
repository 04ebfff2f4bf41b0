"""What the originals were given, given to our tables: they answer, deliver or close as the specification recommends.

Where the outcome differs from the original server's, `BETTER` says why.
"""

from collections import Counter
from typing import Any

import pytest

from satark.sandesh.session.actions import Action, Close, Deliver, SendReply, Synchronise
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import Connected, Start
from satark.sandesh.session.states import Session, State
from satark.sandesh.types import Header, SandeshType
from satark.sandesh.wire.tree import Node, Tree
from satark.sandesh.wire.xml import encode
from tests.unit.sandesh.captures import cases

BETTER = {
    "ctrl_twice": ("every control message is answered", 2, 0, "open"),
    "length_huge_incomplete": ("nothing is buffered without bound", 0, 0, "FIN"),
    "header_attr_swapped": ("the order of attributes does not matter; the original dies", 1, 0, "open"),
    "log_header_attr_swapped": ("the order of attributes does not matter; the original dies", 1, 1, "open"),
    "header_extra_attr": ("other attributes do not matter; the original dies", 1, 0, "open"),
    "log_header_bad_int": ("frames before the wrong one are answered", 1, 0, "FIN"),
    "nul_in_body": ("frames before the wrong one are answered", 1, 0, "FIN"),
}
ESTABLISHED = {
    "good",
    "good_split_bytes",
    "no_type_info",
    "fields_reversed",
    "unknown_extra_field",
    "header_reordered",
    "header_missing_some",
    "header_extra_field",
    "attr_swapped_body",
    "extra_attr_body",
    "single_quotes",
    "list_size_missing",
    "no_ctrl_context",
    "wrong_close_tag",
    "unknown_request_after",
    "noctrl_first_then_good",
    "escaped_in_source",
    "seq_negative",
}
"""Replies by which a session comes to be; each other one closes the connection, with the reason."""

RECORDED = [case for case in cases("cpp_server") if case["name"] != "big_message_5MB"]
"""All but the one whose bytes are not recorded; `test_a_big_message_is_delivered` makes its own."""


def count(actions: list[Action]) -> Counter[type[Action]]:
    """How many actions of each kind."""
    return Counter(type(each) for each in actions)


def server() -> Connection:
    """A connection that a collector has accepted."""
    return Connection(Session.server("192.0.2.1:40000", 0.0))


def client() -> Connection:
    """A generator's connection that waits for the reply."""
    connection = Connection(Session.client(("192.0.2.2:8086", "192.0.2.3:8086"), 0.0))
    connection.happen(Start(), 0.0)
    connection.happen(Connected(1), 0.1)
    return connection


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
@pytest.mark.parametrize("size", [None, 1, 37], ids=["whole", "bytes", "pieces"])
def test_our_server_does_what_is_recommended(case: dict[str, Any], size: int | None) -> None:
    """Answers, deliveries and the state of the connection are the original's, or better."""
    sent = case["sent"].encode("latin-1")
    connection = server()
    step = size or len(sent)

    done = [each for at in range(0, len(sent), step) for each in connection.receive(sent[at : at + step], 1.0)]

    kinds = count(done)
    outcome = (kinds[SendReply], kinds[Deliver], "FIN" if kinds[Close] else "open")
    original = (case["replies"], case["rx"], case["connection"])
    assert outcome == (BETTER[case["name"]][1:] if case["name"] in BETTER else original)
    assert (connection.session.state is State.CLOSED) == (outcome[2] == "FIN")


def test_what_kills_the_original_is_known() -> None:
    """Every case in which the original's process ends is one of those above, or closes the connection."""
    deadly = {case["name"] for case in cases("cpp_server") if case["server"] != "alive"}

    assert deadly - set(BETTER) == {"length_38", "unknown_ctrl_message", "ctrl_bad_u32", "ctrl_list_size_lies"}


def test_a_big_message_is_delivered() -> None:
    """Five million bytes in one text."""
    connection = server()
    tree = Tree("L", [Node("a", "string", "1", "x" * 5_000_000)])
    sent = encode(Header(type=SandeshType.SYSTEM, level=6), tree)

    done = [each for at in range(0, len(sent), 65536) for each in connection.receive(sent[at : at + 65536], 1.0)]

    assert count(done) == {Deliver: 1}


@pytest.mark.parametrize(
    "case", [*cases("cpp_client"), *cases("py_client")], ids=lambda c: f"{c['client']}-{c['name']}"
)
@pytest.mark.parametrize("size", [None, 1], ids=["whole", "bytes"])
def test_our_client_behaves_under_every_reply(case: dict[str, Any], size: int | None) -> None:
    """It synchronises, or closes with a reason and turns to the next collector; it is never stuck or dead."""
    reply = case["reply"].encode()
    connection = client()
    step = size or len(reply)

    done = [each for at in range(0, len(reply), step) for each in connection.receive(reply[at : at + step], 1.0)]

    kinds = count(done)
    if case["name"] in ESTABLISHED:
        assert (connection.session.state, kinds[Synchronise], kinds[Close]) == (State.ESTABLISHED, 1, 0)
    else:
        assert (connection.session.state, kinds[Close]) == (State.CONNECT, 1)
        assert connection.session.collector == "192.0.2.3:8086"
        assert connection.session.reason


def test_our_client_takes_all_that_the_c_original_takes() -> None:
    """Whatever establishes a session there does so here."""
    original = {case["name"] for case in cases("cpp_client") if case["established"]}

    assert original <= ESTABLISHED
