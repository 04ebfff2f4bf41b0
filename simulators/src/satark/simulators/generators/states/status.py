"""The state of a node, which daemons of every kind tell."""

from typing import Any

from satark.simulators.generators.messages.nodes import ConnectionInfo, NodeStatus, NodeStatusUVE, ProcessStatus
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.states.naming import BUILD_INFO


def node_status(moment: Moment, *connections: tuple[str, str], **more: Any) -> NodeStatusUVE:
    """Return the state of a daemon's node, with its connections by type and name; `more` are further attributes."""
    role = moment.kind.value
    infos = [
        ConnectionInfo(type=type_, name=name, server_addrs=[f"{name}:5269"], status="Up", description="OpenSent")
        for type_, name in (("Collector", "collector"), *connections)
    ]
    process = ProcessStatus(
        module_id=role.module, instance_id="0", state="Functional", connection_infos=infos, description=""
    )
    status = NodeStatus(name=moment.host, process_status=[process], build_info=BUILD_INFO, **more)
    return NodeStatusUVE(data=status, table=role.table)
