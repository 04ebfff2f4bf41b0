"""A network of its own for each broker, which a test can cut and make slow. Needs root and iproute2.

    with network(3) as net:
        cluster = KafkaCluster(folder, places=net.places)
        ...
        net.cut_off(1)          # from everybody
        net.cut(1, 2)           # two of them from each other; clients reach both
        net.slow_down(3, kbit=64)
        net.heal()

Namespaces without names, each held by a sleeping process: they end with their processes, and these with the test run
(tests.support.reaper), however it ends. A switch in a namespace of its own joins them with one interface of the machine's,
which the kernel removes with the switch. So nothing is ever left behind, and no rule of the machine's firewall is touched.
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.environment import child_environment
from tests.support.kafka_config import Place
from tests.support.owned import Owned, run_owned
from tests.support.waiting import blocking, eventually

TOOLS = ("ip", "tc", "nsenter", "unshare")
NOBODY = "02:00:00:00:00:fe"
"""A hardware address that no interface has: what is sent to it gets lost."""

ATTEMPTS = 20
SWITCH, UPLINK, INSIDE = "switch", "uplink", "eth0"


def missing() -> str | None:
    """Return why there can be no network here, None when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if absent := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"no {', '.join(absent)} here (make faults-tools)"
    return None


@dataclass
class Network:
    """Hosts by number, joined by a switch."""

    prefix: str
    switch: Owned
    hosts: dict[int, Owned]
    slow: set[int] = field(default_factory=set)

    @property
    def places(self) -> dict[int, Place]:
        """Where each broker runs."""
        return {number: Place(self.address(number), within(host)) for number, host in self.hosts.items()}

    def address(self, number: int) -> str:
        """Return a host's address."""
        return f"{self.prefix}.{10 + number}"

    def cut(self, one: int, other: int) -> None:
        """Lose all that two hosts send to each other; everybody else reaches both."""
        for here, there in ((one, other), (other, one)):
            self._host(here, f"ip neigh replace {self.address(there)} lladdr {NOBODY} dev {INSIDE} nud permanent")

    def cut_off(self, *numbers: int) -> None:
        """Lose all that hosts send and are sent."""
        for number in numbers:
            run(self.switch, f"ip link set port{number} down")

    def slow_down(self, number: int, *, kbit: int) -> None:
        """Let so much through a second, each way, and lose what would wait for longer than a few seconds."""
        self.slow.add(number)
        run(self.switch, f"tc qdisc replace dev port{number} root {_bucket(kbit)}")
        self._host(number, f"tc qdisc replace dev {INSIDE} root {_bucket(kbit)}")

    def heal(self) -> None:
        """Let everything through again."""
        for number in self.hosts:
            run(self.switch, f"ip link set port{number} up")
            for other in self.hosts.keys() - {number}:
                self._host(number, f"ip neigh replace {self.address(other)} lladdr {_hardware(other)} dev {INSIDE}")
        for number in self.slow:
            run(self.switch, f"tc qdisc del dev port{number} root")
            self._host(number, f"tc qdisc del dev {INSIDE} root")
        self.slow.clear()

    def _host(self, number: int, command: str) -> None:
        run(self.hosts[number], command)


@contextmanager
def network(count: int) -> Iterator[Network]:
    """Make a network of hosts 1 to `count`, which the machine itself reaches."""
    with ExitStack() as stack:
        switch = stack.enter_context(_namespace())
        hosts = {number: stack.enter_context(_namespace()) for number in range(1, count + 1)}
        net = Network(_free_prefix(), switch, hosts)
        _lay_uplink(net)
        for number in hosts:
            _plug_in(net, number)
        yield net


def within(namespace: Owned) -> Sequence[str]:
    """Return the command that runs another one in a namespace; the process stays the same."""
    return ("nsenter", f"--net=/proc/{namespace.pid}/ns/net", "--")


def run(namespace: Owned | None, command: str) -> None:
    """Run a command, in a namespace or on the machine. Raises CalledProcessError."""
    entered = within(namespace) if namespace is not None else ()
    subprocess.run([*entered, *command.split()], check=True, capture_output=True, text=True)


def _lay_uplink(net: Network) -> None:
    ours = f"satark{net.switch.pid}"
    run(net.switch, "ip link set lo up")
    run(net.switch, f"ip link add {SWITCH} type bridge")
    run(net.switch, f"ip link set {SWITCH} up")
    run(None, f"ip link add {ours} type veth peer name {UPLINK} netns {net.switch.pid}")
    run(net.switch, f"ip link set dev {UPLINK} master {SWITCH} up")
    run(None, f"ip addr add {net.prefix}.1/24 dev {ours}")
    run(None, f"ip link set dev {ours} up")


def _plug_in(net: Network, number: int) -> None:
    port, host = f"port{number}", net.hosts[number]
    run(net.switch, f"ip link add {port} type veth peer name {INSIDE} address {_hardware(number)} netns {host.pid}")
    run(net.switch, f"ip link set dev {port} master {SWITCH} up")
    run(host, "ip link set lo up")
    run(host, f"ip addr add {net.address(number)}/24 dev {INSIDE}")
    run(host, f"ip link set dev {INSIDE} up")


@contextmanager
def _namespace() -> Iterator[Owned]:
    """Hold a new network namespace."""
    with tempfile.TemporaryDirectory() as folder:
        holder = run_owned(["unshare", "--net", "sleep", "infinity"], Path(folder) / "output", child_environment({}))
        ours = Path("/proc/self/ns/net").readlink()
        try:
            blocking(eventually(lambda: Path(f"/proc/{holder.pid}/ns/net").readlink() != ours, what="a namespace"))
            yield holder
        finally:
            blocking(holder.kill())


def _free_prefix() -> str:
    """Return a network of those for measurements (RFC 2544) that the machine knows nothing of."""
    listed: list[dict[str, Any]] = json.loads(
        subprocess.run(["ip", "-json", "route"], check=True, capture_output=True, text=True).stdout
    )
    known = {str(route["dst"]) for route in listed}
    for _ in range(ATTEMPTS):
        prefix = f"198.{18 + secrets.randbelow(2)}.{secrets.randbelow(256)}"
        if f"{prefix}.0/24" not in known:
            return prefix
    raise RuntimeError("no network is free")


def _hardware(number: int) -> str:
    return f"02:00:00:00:00:{number:02x}"


def _bucket(kbit: int) -> str:
    return f"tbf rate {kbit}kbit burst 16kb latency 5s"
