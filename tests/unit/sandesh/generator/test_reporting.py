import threading
from dataclasses import replace
from typing import Any

from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.outbox import Outbox
from satark.sandesh.generator.reporting import SelfReport
from satark.sandesh.generator.status import Process
from satark.sandesh.session.states import Session, State
from satark.sandesh.types import Header
from satark.sandesh.wire.control import Identity

PROCESS = Process(Identity("h", "Compute", "m", "0"), 7, 0, 0)
SESSION = replace(Session.client(("c:8086",), 0.0), collector="c:8086")


def report(sent: list[Any], node_table: str | None = "ObjectVRouter") -> SelfReport:
    """A report of a generator that was never started."""
    return SelfReport(PROCESS, Outbox(Header()), Activity(), threading.RLock(), sent.append, node_table)


def names(sent: list[Any]) -> list[str]:
    """The messages' names."""
    return [each.__sandesh__.name for each in sent]


def test_every_change() -> None:
    """Each change of the session is told, and that of the node where its connection is another than before."""
    sent: list[Any] = []
    one = report(sent)
    for state in (State.CONNECT, State.CLIENT_INIT, State.ESTABLISHED, State.IDLE):
        one.changed(replace(SESSION, state=state), "so it is")

    client, node = "SandeshModuleClientTrace", "NodeStatusUVE"
    assert [client, node, client, client, node, client, node] == names(sent)
    statuses = [each.data.process_status[0].connection_infos[0].status for each in sent if names([each]) == [node]]
    assert ["Initializing", "Up", "Down"] == statuses


def test_without_a_table() -> None:
    """A program that names no table tells nothing of its node."""
    sent: list[Any] = []
    report(sent, None).changed(replace(SESSION, state=State.ESTABLISHED), "")

    assert ["SandeshModuleClientTrace"] == names(sent)


def test_started() -> None:
    """Where introspect listens, and since when the process runs, is told from its start on."""
    sent: list[Any] = []
    one = report(sent)
    one.started(8094)
    one.client_state(SESSION)
    info = sent[0].data.client_info

    assert (7, 8094, True) == (info.pid, info.http_port, info.start_time > 0)
