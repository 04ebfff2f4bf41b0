"""Session logs of agents (specification clause 6.7), written by hand because a map's keys are structs in them.

Generated classes cannot be looked up in a map, and what was received cannot be read into one; but a frozen class can
be sent as a key.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import ClassVar
from uuid import UUID

from satark.sandesh.types import (
    BOOL,
    IPADDR,
    STRING,
    U16,
    U64,
    UUID_T,
    Field,
    Layout,
    ListOf,
    MapOf,
    Message,
    MessageLayout,
    SetOf,
    Struct,
    StructOf,
)
from satark.sandesh.types import Kind as MessageKind


@dataclass(frozen=True, slots=True)
class StructKeyedMap(MapOf):
    """A map that is only ever sent; its keys may be structs."""

    def __post_init__(self) -> None:
        """Allow what a map that is also received does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionIpPortProtocol(Struct):
    """One end of aggregated sessions, and their service."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="SessionIpPortProtocol",
        fields=(
            Field(id=1, name="local_ip", type=IPADDR),
            Field(id=2, name="service_port", type=U16),
            Field(id=3, name="protocol", type=U16),
        ),
    )

    local_ip: IPv4Address
    service_port: int
    protocol: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionIpPort(Struct):
    """The other end of one session."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="SessionIpPort",
        fields=(Field(id=1, name="ip", type=IPADDR), Field(id=2, name="port", type=U16)),
    )

    ip: IPv4Address
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFlowInfo(Struct):
    """One direction of a session."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="SessionFlowInfo",
        fields=(
            Field(id=1, name="sampled_pkts", type=U64, optional=True),
            Field(id=2, name="sampled_bytes", type=U64, optional=True),
            Field(id=3, name="flow_uuid", type=UUID_T, optional=True),
            Field(id=4, name="action", type=STRING, optional=True),
        ),
    )

    sampled_pkts: int | None = None
    sampled_bytes: int | None = None
    flow_uuid: UUID | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInfo(Struct):
    """One session."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="SessionInfo",
        fields=(
            Field(id=1, name="forward_flow_info", type=StructOf("SessionFlowInfo", lambda: SessionFlowInfo)),
            Field(id=2, name="reverse_flow_info", type=StructOf("SessionFlowInfo", lambda: SessionFlowInfo)),
            Field(id=3, name="vm", type=STRING, optional=True),
            Field(id=4, name="other_vrouter_ip", type=IPADDR, optional=True),
        ),
    )

    forward_flow_info: SessionFlowInfo
    reverse_flow_info: SessionFlowInfo
    vm: str | None = None
    other_vrouter_ip: IPv4Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAggInfo(Struct):
    """The sums over sessions of one service, and the sessions by their other ends."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="SessionAggInfo",
        fields=(
            Field(id=1, name="sampled_forward_bytes", type=U64, optional=True),
            Field(id=2, name="sampled_forward_pkts", type=U64, optional=True),
            Field(id=3, name="sampled_reverse_bytes", type=U64, optional=True),
            Field(id=4, name="sampled_reverse_pkts", type=U64, optional=True),
            Field(
                id=9,
                name="sessionMap",
                type=StructKeyedMap(
                    StructOf("SessionIpPort", lambda: SessionIpPort), StructOf("SessionInfo", lambda: SessionInfo)
                ),
                attribute="session_map",
            ),
        ),
    )

    sampled_forward_bytes: int | None = None
    sampled_forward_pkts: int | None = None
    sampled_reverse_bytes: int | None = None
    sampled_reverse_pkts: int | None = None
    session_map: dict[SessionIpPort, SessionInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEndpoint(Struct):
    """The sessions of one interface with one other network under one rule."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="SessionEndpoint",
        fields=(
            Field(id=1, name="vmi", type=STRING, optional=True),
            Field(id=2, name="vn", type=STRING, optional=True),
            Field(id=3, name="deployment", type=STRING, optional=True),
            Field(id=4, name="tier", type=STRING, optional=True),
            Field(id=5, name="application", type=STRING, optional=True),
            Field(id=6, name="site", type=STRING, optional=True),
            Field(id=7, name="labels", type=SetOf(STRING), optional=True),
            Field(id=9, name="remote_deployment", type=STRING, optional=True),
            Field(id=10, name="remote_tier", type=STRING, optional=True),
            Field(id=15, name="remote_vn", type=STRING, optional=True),
            Field(id=16, name="is_client_session", type=BOOL),
            Field(id=17, name="is_si", type=BOOL),
            Field(id=19, name="security_policy_rule", type=STRING, optional=True),
            Field(id=20, name="vrouter_ip", type=IPADDR, optional=True),
            Field(
                id=21,
                name="sess_agg_info",
                type=StructKeyedMap(
                    StructOf("SessionIpPortProtocol", lambda: SessionIpPortProtocol),
                    StructOf("SessionAggInfo", lambda: SessionAggInfo),
                ),
            ),
        ),
    )

    vmi: str | None = None
    vn: str | None = None
    deployment: str | None = None
    tier: str | None = None
    application: str | None = None
    site: str | None = None
    labels: set[str] | None = None
    remote_deployment: str | None = None
    remote_tier: str | None = None
    remote_vn: str | None = None
    is_client_session: bool
    is_si: bool
    security_policy_rule: str | None = None
    vrouter_ip: IPv4Address | None = None
    sess_agg_info: dict[SessionIpPortProtocol, SessionAggInfo]


@dataclass(slots=True, kw_only=True)
class SessionEndpointObject(Message):
    """What an agent's interfaces talked about since the last one."""

    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="SessionEndpointObject",
        kind=MessageKind.SESSIONLOG,
        fields=(Field(id=1, name="session_data", type=ListOf(StructOf("SessionEndpoint", lambda: SessionEndpoint))),),
    )

    session_data: list[SessionEndpoint] | None = None
