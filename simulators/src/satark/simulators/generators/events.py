"""What a daemon says besides its state: logs of what changed, sessions, statistics of calls, traces."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from satark.sandesh.types import Level
from satark.simulators.generators.actions import Action, Keep, Tell, TellTraces
from satark.simulators.generators.draws import identifier
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.messages.config import VncApiCommon, VncApiConfigLog, VncApiStats, VncApiStatsLog
from satark.simulators.generators.messages.control import BGPPeerInfo, BgpPeerStateLog, BgpUpdateTrace
from satark.simulators.generators.messages.nodes import ProcessEventLog
from satark.simulators.generators.messages.vrouter import AgentInterfaceLog, KSyncRouteTrace
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.session_logs import session_log
from satark.simulators.generators.shares import State
from satark.simulators.generators.states.config import EDIT_TICKS
from satark.simulators.generators.states.naming import interface_name, network_name, network_of
from satark.simulators.generators.states.node import MODULES

TRACE_BUFFER = "SimulatedTrace"
TRACE_TICKS = 6
"""The traces are sent every so many ticks."""
OPERATIONS = ("READ", "LIST", "UPDATE", "CREATE")

Say: TypeAlias = Callable[[Moment, State, State], Iterator[Action]]


def events(moment: Moment, before: State, after: State) -> Iterator[Action]:
    """Yield what a daemon says about the way from one state to another, and at every tick."""
    yield from _SAYS[moment.kind](moment, before, after)
    if moment.tick % TRACE_TICKS == TRACE_TICKS - 1:
        yield TellTraces(TRACE_BUFFER)


def _agent(moment: Moment, _before: State, _after: State) -> Iterator[Action]:
    for resident in moment.residents:
        if resident.since == moment.tick:
            network = network_name(network_of(moment, resident))
            yield Tell(AgentInterfaceLog(name=interface_name(moment, resident), up=True, virtual_network=network))
    if moment.residents:
        yield Tell(session_log(moment))
    prefix = f"10.{moment.number(0, 255, 'prefix', moment.tick)}.0.0/16"
    yield Keep(TRACE_BUFFER, KSyncRouteTrace(operation="ADD", prefix=prefix, label=moment.tick % 2**16))


def _control(moment: Moment, before: State, after: State) -> Iterator[Action]:
    for name, message in after.items():
        known = before.get(name)
        if isinstance(message, BGPPeerInfo) and isinstance(known, BGPPeerInfo) and message.data and known.data:
            state, last = message.data.state, known.data.state
            if state != last:
                yield Tell(
                    BgpPeerStateLog(name=name.name, state=state, last_state=last, event="EvBgpStateChanged"),
                    level=Level.SYS_NOTICE,
                    category="BGP",
                )
    prefix = f"192.168.{moment.number(0, 255, 'prefix', moment.tick)}.0/24"
    yield Keep(TRACE_BUFFER, BgpUpdateTrace(peer=moment.host, prefix=prefix, reachable=moment.tick % 4 != 0))


def _config(moment: Moment, before: State, after: State) -> Iterator[Action]:
    for name in sorted(before.keys() | after.keys()):
        known, now = before.get(name), after.get(name)
        if name.table == "ConfigObjectTable" and known != now:
            operation = "create" if known is None else "delete" if now is None else "update"
            yield Tell(_change(moment, name.name, operation), level=Level.SYS_NOTICE, category="api")
    operation = OPERATIONS[moment.number(0, len(OPERATIONS) - 1, "call", moment.tick)]
    took_ms = moment.gauge(40, "call")
    yield Tell(
        VncApiStatsLog(
            node_name=moment.host,
            api_stats=VncApiStats(
                operation_type=operation,
                user="admin",
                object_type="network-policy",
                response_time_in_usec=int(took_ms * 1000),
                response_size=moment.number(200, 9000, "size", moment.tick),
                resp_code=404 if moment.draw("code", moment.tick) < 1 / EDIT_TICKS else 200,
            ),
        )
    )


def _change(moment: Moment, name: str, operation: str) -> VncApiConfigLog:
    return VncApiConfigLog(
        api_log=VncApiCommon(
            identifier_uuid=str(identifier(moment.seed, "change", name)),
            object_type="network_policy",
            identifier_name=name,
            operation=operation,
            user="admin",
            useragent="horizon",
            domain="default-domain",
            changed=["id_perms"],
        )
    )


def _node(moment: Moment, _before: State, _after: State) -> Iterator[Action]:
    for module in MODULES:
        every = moment.number(200, 900, "exits", module)
        if moment.tick and moment.tick % every == 0:
            yield Tell(
                ProcessEventLog(process_name=module, event="PROCESS_STATE_EXITED", exit_status=1), level=Level.SYS_ERR
            )


_SAYS: Mapping[Kind, Say] = MappingProxyType(
    {Kind.VROUTER: _agent, Kind.CONTROL: _control, Kind.CONFIG: _config, Kind.NODE: _node}
)
