"""Flow sessions: what a vrouter says of the traffic between two end points, by port and policy."""

from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.metrics import Time
from satark.schemas.uves import Generator


class Traffic(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes and packets, of what was sampled and of what was logged, in both directions."""

    sampled_forward_bytes: Annotated[int, Meta(description="Bytes sampled, from client to server.")] = 0
    sampled_forward_pkts: Annotated[int, Meta(description="Packets sampled, from client to server.")] = 0
    sampled_reverse_bytes: Annotated[int, Meta(description="Bytes sampled, from server to client.")] = 0
    sampled_reverse_pkts: Annotated[int, Meta(description="Packets sampled, from server to client.")] = 0
    logged_forward_bytes: Annotated[int, Meta(description="Bytes logged, from client to server.")] = 0
    logged_forward_pkts: Annotated[int, Meta(description="Packets logged, from client to server.")] = 0
    logged_reverse_bytes: Annotated[int, Meta(description="Bytes logged, from server to client.")] = 0
    logged_reverse_pkts: Annotated[int, Meta(description="Packets logged, from server to client.")] = 0


class EndPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One side of the traffic, by the names that policies use; empty is unknown."""

    vn: Annotated[str, Meta(description="Virtual network.")] = ""
    prefix: Annotated[str, Meta(description="Address prefix that the policy matched.")] = ""
    deployment: Annotated[str, Meta(description="Its tag `deployment`.")] = ""
    tier: Annotated[str, Meta(description="Its tag `tier`.")] = ""
    application: Annotated[str, Meta(description="Its tag `application`.")] = ""
    site: Annotated[str, Meta(description="Its tag `site`.")] = ""
    labels: Annotated[tuple[str, ...], Meta(description="Its labels.")] = ()
    custom_tags: Annotated[tuple[str, ...], Meta(description="Its other tags.")] = ()


class Flow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One client's flow within a session; `details` is what else the vrouter says, by its own names."""

    remote_ip: Annotated[str, Meta(description="The other side's address.")]
    client_port: Annotated[int, Meta(description="The client's port.", ge=0, le=65535)]
    details: Annotated[dict[str, str], Meta(description="What else is said of the flow.")] = {}


class FlowSession(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The traffic of one end point on one server port during one interval of the vrouter's export."""

    id: Annotated[str, Meta(description="The same row of the same message always has the same id.")]
    entity: Annotated[
        str, Meta(description="The vrouter agent, as generator/ and its name; also the Kafka key.", max_length=1100)
    ]
    generator: Generator
    time: Annotated[Time, Meta(description="When the vrouter said so, UTC.")]
    vrouter: Annotated[str, Meta(description="The host that said so.")]
    vrouter_ip: Annotated[str, Meta(description="That host's address.")] = ""
    vmi: Annotated[str, Meta(description="The virtual machine interface that is the end point.")] = ""
    local_ip: Annotated[str, Meta(description="The end point's own address.")] = ""
    server_port: Annotated[int, Meta(description="The port of the side that serves.", ge=0, le=65535)] = 0
    protocol: Annotated[int, Meta(description="IP protocol, 6 is TCP.", ge=0, le=255)] = 0
    client_session: Annotated[bool, Meta(description="The end point is the client.")] = False
    service_instance: Annotated[bool, Meta(description="The end point is a service instance.")] = False
    security_policy_rule: Annotated[str, Meta(description="The rule that let the traffic pass, or did not.")] = ""
    local: Annotated[EndPoint, Meta(description="The end point, by the names that policies use.")] = EndPoint()
    remote: Annotated[EndPoint, Meta(description="The other side.")] = EndPoint()
    traffic: Annotated[Traffic, Meta(description="Bytes and packets.")] = Traffic()
    flows: Annotated[tuple[Flow, ...], Meta(description="The clients behind it.")] = ()
    omitted_flows: Annotated[int, Meta(description="Flows that did not fit into this event.", ge=0)] = 0
