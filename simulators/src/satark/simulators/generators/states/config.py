"""What a configuration node knows: objects as they are configured."""

import json
from collections.abc import Iterator

from satark.sandesh.types import UveMessage
from satark.simulators.generators.draws import identifier
from satark.simulators.generators.kinds import Kind, host
from satark.simulators.generators.lives import Resident
from satark.simulators.generators.messages.config import ContrailConfig, ContrailConfigTrace
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.states.naming import PROJECTS
from satark.simulators.generators.states.networks import config_networks
from satark.simulators.generators.states.status import node_status

EDIT_TICKS = 15
"""An object of the configuration is changed at this pace."""


def known(moment: Moment) -> Iterator[UveMessage]:
    """Yield all UVEs of a configuration node."""
    yield node_status(moment, ("Zookeeper", "zookeeper"), ("Database", "cassandra"))
    yield from config_networks(moment)
    yield from (ContrailConfigTrace(data=_object(moment, each)) for each in moment.residents)
    if moment.index == moment.scenario.mix.index(Kind.CONFIG):
        yield from _nodes(moment)


def _nodes(moment: Moment) -> Iterator[UveMessage]:
    """Yield how the first nodes of the estate are configured, one for each daemon of the mix."""
    for index in range(min(moment.scenario.generators, len(moment.scenario.mix))):
        kind = moment.scenario.kind_of(index)
        elements = {"fq_name": json.dumps(["default-global-system-config", host(kind, index)])}
        yield ContrailConfigTrace(
            data=ContrailConfig(name=host(kind, index), elements=elements), table=kind.value.table
        )


def _object(moment: Moment, resident: Resident) -> ContrailConfig:
    who = (resident.place, resident.life)
    project = f"project-{resident.place % PROJECTS}"
    path = ["default-domain", project, f"policy-{moment.index}-{resident.place}-{resident.life}"]
    edit = (moment.tick + moment.number(0, EDIT_TICKS - 1, "edit", *who)) // EDIT_TICKS
    elements = {
        "uuid": str(identifier(moment.seed, "object", moment.index, *who)),
        "fq_name": path,
        "parent_type": "project",
        "display_name": path[-1],
        "id_perms": {"enable": True, "description": f"edit <{edit}> & 'more'"},
    }
    return ContrailConfig(name=":".join(path), elements={name: json.dumps(value) for name, value in elements.items()})
