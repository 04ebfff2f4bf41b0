"""What a generator tells of itself: its session, its counts, the state of its process (clause 5.1). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from satark.sandesh.generator.activity import Activity
from satark.sandesh.generator.counters import as_stats, sent_and_dropped
from satark.sandesh.generator.messages.node import ConnectionInfo, NodeStatus, NodeStatusUVE, ProcessStatus
from satark.sandesh.generator.messages.state import (
    ModuleClientState,
    SandeshClientInfo,
    SandeshModuleClientTrace,
    SocketIOStats,
)
from satark.sandesh.generator.outbox import Outbox
from satark.sandesh.session.causes import Tally
from satark.sandesh.session.states import Session
from satark.sandesh.wire.control import Identity

UP = "Up"
MAX_CONNECTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Process:
    """What does not change while a process lives."""

    identity: Identity
    pid: int
    http_port: int
    start_time_us: int


def client_state(
    process: Process, session: Session, outbox: Outbox, activity: Activity, *, state_since_us: int
) -> SandeshModuleClientTrace:
    """The UVE about the session, its connection, and the counts by type."""
    counters, queue = outbox.counters, outbox.queue
    none = Tally()
    names = sorted({*counters.sent, *counters.received})
    rx, tx = activity.rx.stats(), activity.tx.stats()
    return SandeshModuleClientTrace(
        data=ModuleClientState(
            name=str(process.identity),
            client_info=_client_info(process, session, rx, tx),
            sm_queue_count=len(queue),
            sm_stats=activity.state_stats(session.state, state_since_us),
            session_stats=activity.messages.stats(),
            session_rx_socket_stats=rx,
            session_tx_socket_stats=tx,
            msg_type_agg={
                name: as_stats(counters.sent.get(name, none), counters.received.get(name, none)) for name in names
            },
            max_sm_queue_count=queue.longest,
            tx_msg_agg=sent_and_dropped(counters.sent),
        )
    )


def _client_info(process: Process, session: Session, rx: SocketIOStats, tx: SocketIOStats) -> SandeshClientInfo:
    return SandeshClientInfo(
        status=session.state.value,
        successful_connections=session.connections,
        pid=process.pid,
        http_port=process.http_port,
        start_time=process.start_time_us,
        collector_name=session.peer if session.peer != session.collector else "",
        collector_ip=session.collector or "",
        collector_list=list(session.collectors),
        rx_socket_stats=rx,
        tx_socket_stats=tx,
    )


@dataclass(slots=True)
class Connections:
    """The process's connections to others, by type and name, for its NodeStatus; bounded."""

    entries: dict[tuple[str, str], ConnectionInfo] = field(default_factory=dict)

    def update(
        self, type_: str, name: str, status: str, *, server_addrs: Sequence[str] = (), description: str = ""
    ) -> bool:
        """Set one; whether that changed anything. Raises `ValueError` for too many."""
        info = ConnectionInfo(
            type=type_, name=name, server_addrs=list(server_addrs), status=status, description=description
        )
        if self.entries.get((type_, name)) == info:
            return False
        if (type_, name) not in self.entries and len(self.entries) >= MAX_CONNECTIONS:
            raise ValueError(f"there are {MAX_CONNECTIONS} connections already")
        self.entries[type_, name] = info
        return True

    def remove(self, type_: str, name: str) -> bool:
        """Forget one; whether there was one."""
        return self.entries.pop((type_, name), None) is not None


def node_status(identity: Identity, table: str, connections: Mapping[tuple[str, str], ConnectionInfo]) -> NodeStatusUVE:
    """The UVE about the process: functional while all its connections are up, else the ones that are down."""
    down = [
        f"{each.type}:{each.name}[{each.description}] connection down"
        for each in connections.values()
        if each.status != UP
    ]
    status = ProcessStatus(
        module_id=identity.module,
        instance_id=identity.instance_id,
        state="Non-Functional" if down else "Functional",
        connection_infos=[connections[key] for key in sorted(connections)],
        description=", ".join(down),
    )
    return NodeStatusUVE(data=NodeStatus(name=identity.source, process_status=[status]), table=table)
