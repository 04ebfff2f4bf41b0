"""The state of a node, which daemons of every kind tell."""

from typing import Any

from satark.simulators.generators.messages.nodes import (
    ConnectionInfo,
    NodeStatus,
    NodeStatusUVE,
    ProcessInfo,
    ProcessStatus,
)
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.states.naming import BUILD_INFO


def node_status(moment: Moment, *connections: tuple[str, str], **more: Any) -> NodeStatusUVE:
    """Return the state of a daemon's node, with its connections by type and name; `more` are further attributes.

    What a node's manager tells of the daemon's process, the daemon tells itself: most nodes here have no manager.
    """
    role = moment.kind.value
    infos = [
        ConnectionInfo(type=type_, name=name, server_addrs=[f"{name}:5269"], status="Up", description="OpenSent")
        for type_, name in (("Collector", "collector"), *connections)
    ]
    process = ProcessStatus(
        module_id=role.module, instance_id="0", state="Functional", connection_infos=infos, description=""
    )
    running = ProcessInfo(
        process_name=role.module, process_state="PROCESS_STATE_RUNNING", start_count=1, stop_count=0, exit_count=0
    )
    attributes = {"process_info": [running], "build_info": BUILD_INFO} | more
    status = NodeStatus(name=moment.host, process_status=[process], **attributes)
    return NodeStatusUVE(data=status, table=role.table)
