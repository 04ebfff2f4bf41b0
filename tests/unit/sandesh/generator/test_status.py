import pytest

from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.messages.state import SandeshModuleClientTrace
from satark.sandesh.generator.outbox import Outbox, Stamp
from satark.sandesh.generator.status import MAX_CONNECTIONS, Connections, Process, client_state, node_status
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.states import Session, State
from satark.sandesh.types import Header
from satark.sandesh.wire.control import Identity
from satark.sandesh.wire.reader import decode_message
from tests.unit.sandesh.captures import frame_named
from tests.unit.sandesh.probe import ProbeSystemLog

IDENTITY = Identity("cpp-host", "Compute", "cpp-module", "0")
PROCESS = Process(IDENTITY, pid=1354, http_port=18187, start_time_us=1795235746693208)


class TestClientState:
    def test_as_recorded(self) -> None:
        """The session and what was lost are told as the C++ original told them once it was established."""
        body = frame_named("cpp/c2s/003_SandeshModuleClientTrace.bin").content
        expected = decode_message(SandeshModuleClientTrace, body[body.index(b"</SandeshHeader>") + 16 :]).data
        session = Session(
            role=Session.client((), 0).role,
            state=State.ESTABLISHED,
            since_s=0,
            collectors=("127.0.0.1:18186",),
            collector="127.0.0.1:18186",
            connections=1,
            peer="recorder-host",
        )
        activity, outbox = Activity(), Outbox(Header())
        activity.rx.moved(2081)
        activity.tx.moved(1602)
        outbox.counters.passed_on("SandeshCtrlClientToServer", 1602)
        for cause, count in ((TxCause.NO_CLIENT, 2), (TxCause.WRONG_STATE, 5)):
            for _ in range(count):
                outbox.counters.not_sent("SandeshModuleClientTrace", cause)

        told = client_state(PROCESS, session, outbox, activity, state_since_us=5).data

        assert told is not None
        assert expected is not None
        assert (expected.name, expected.client_info, expected.tx_msg_agg) == (
            told.name,
            told.client_info,
            told.tx_msg_agg,
        )

    def test_queue(self) -> None:
        """How many messages wait, and waited at most, is told."""
        outbox = Outbox(Header(source="h"))
        for number in range(3):
            outbox.submit(ProbeSystemLog(number=number), Stamp(1.0))
        outbox.discard(TxCause.NO_CLIENT)
        outbox.submit(ProbeSystemLog(number=3), Stamp(1.0))

        told = client_state(PROCESS, Session.client(("c:1",), 0), outbox, Activity(), state_since_us=5).data

        assert told is not None
        assert (1, 3) == (told.sm_queue_count, told.max_sm_queue_count)


class TestConnections:
    def test_changes(self) -> None:
        """Only what is new is a change."""
        connections = Connections()

        assert [True, False, True, True, False] == [
            connections.update("Redis", "a", "Up"),
            connections.update("Redis", "a", "Up"),
            connections.update("Redis", "a", "Down", description="refused"),
            connections.remove("Redis", "a"),
            connections.remove("Redis", "a"),
        ]

    def test_bound(self) -> None:
        """There is an end to the connections of a process."""
        connections = Connections()
        for number in range(MAX_CONNECTIONS):
            connections.update("Test", str(number), "Up")

        with pytest.raises(ValueError, match=str(MAX_CONNECTIONS)):
            connections.update("Test", "one more", "Up")
        assert connections.update("Test", "0", "Down")


class TestNodeStatus:
    def test_functional(self) -> None:
        """A process works while all of its connections are up."""
        connections = Connections()
        connections.update("Collector", "", "Up", server_addrs=["c:8086"])
        told = node_status(IDENTITY, "ObjectVRouter", connections.entries)
        (process,) = (told.data and told.data.process_status) or []

        assert ("ObjectVRouter", "Functional", "") == (told.table, process.state, process.description)

    def test_connection_down(self) -> None:
        """Those that are not up are named, with what is known of them."""
        connections = Connections()
        connections.update("Zookeeper", "zk", "Initializing", description="no answer")
        connections.update("Collector", "", "Up")
        told = node_status(IDENTITY, "ObjectVRouter", connections.entries)
        (process,) = (told.data and told.data.process_status) or []

        assert ("Non-Functional", "Zookeeper:zk[no answer] connection down") == (process.state, process.description)
        assert ["Collector", "Zookeeper"] == [each.type for each in process.connection_infos or []]
