"""Names, addresses and policies that several daemons must agree on, or not."""

from ipaddress import IPv4Address

from satark.simulators.generators.draws import draw, identifier, number
from satark.simulators.generators.kinds import Kind
from satark.simulators.generators.lives import Resident
from satark.simulators.generators.moment import Moment

PROJECTS = 3
BUILD_INFO = '{"build-info": [{"build-version": "21.4", "build-user": "contrail-builder"}]}'


def network_name(network: int) -> str:
    """Return the full name of a virtual network."""
    return f"default-domain:project-{network % PROJECTS}:network-{network}"


def network_of(moment: Moment, resident: Resident) -> int:
    """Return the number of the network that an interface is in."""
    return moment.number(0, moment.scenario.networks - 1, "network", resident.place, resident.life)


def interface_name(moment: Moment, resident: Resident) -> str:
    """Return the full name of a virtual machine's interface."""
    project = network_of(moment, resident) % PROJECTS
    return f"default-domain:project-{project}:vmi-{moment.index}-{resident.place}-{resident.life}"


def machine_name(moment: Moment, resident: Resident) -> str:
    """Return the key of a virtual machine, its UUID."""
    return str(identifier(moment.seed, "machine", moment.index, resident.place, resident.life))


def machine_address(moment: Moment, resident: Resident) -> IPv4Address:
    """Return the address of a virtual machine in its network."""
    return IPv4Address("10.0.0.0") + moment.number(2, 2**24 - 2, "address", resident.place, resident.life)


def host_address(kind: Kind, index: int) -> IPv4Address:
    """Return the address of a daemon's host; there is one network for each kind."""
    return IPv4Address("172.16.0.0") + 2**18 * list(Kind).index(kind) + index + 1


def policy(moment: Moment, network: int) -> int:
    """Return the version of a network's policy as a daemon sees it: some still see the one before."""
    ticks = moment.scenario.policy_ticks
    version = (moment.tick + number(0, ticks - 1, moment.seed, "policy", network)) // ticks
    is_late = draw(moment.seed, "late", moment.index, network, version) < moment.scenario.disagreement
    return max(0, version - is_late)


def rules(moment: Moment, network: int) -> int:
    """Return how many rules the policy of a network has, as a daemon sees it."""
    return number(5, 40, moment.seed, "rules", network, policy(moment, network))


def neighbours(moment: Moment, kind: Kind, most: int) -> list[int]:
    """Return the indexes of the next daemons of a kind after this one, around the whole estate, at most so many."""
    count, mix = moment.scenario.generators, moment.scenario.mix
    reach = min(count, len(mix) * (most + 1))
    indexes = ((moment.index + step) % count for step in range(1, reach))
    return [index for index in indexes if mix[index % len(mix)] is kind][:most]
