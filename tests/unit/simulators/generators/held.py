"""What a collector holds, as it was told: the specification's clause 6.4 in a few lines, without our own shortcuts."""

import ssl
from collections import Counter, defaultdict

from satark.sandesh.generator import Collector, Delivery
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.control import Hello, Identity
from satark.sandesh.wire.tree import Plain, StructValue, Tree, plain
from satark.simulators.generators.shares import ShareName

LIBRARY = frozenset(("ModuleClientState",))
"""What the generator library tells of itself, of which a scenario knows nothing."""

Shares = dict[ShareName, dict[str, Plain]]


class Held:
    """The shares of all generators, and a collector without classes that tells of them."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.shares: dict[Identity, Shares] = defaultdict(dict)
        self.names: Counter[str] = Counter()
        self.pids: dict[Identity, set[int]] = defaultdict(set)
        self.sessions: Counter[Identity] = Counter()
        self.collector = Collector(self._deliver, port=0, tls=tls)
        self._hellos: dict[Identity, Hello] = {}

    def _deliver(self, delivery: Delivery) -> None:
        who, received = delivery.generator, delivery.received
        assert who is not None
        self.names[received.name] += 1
        hello = self.collector.hellos[who]
        if self._hellos.get(who) is not hello:  # with a session end all shares of the one before
            self._hellos[who] = hello
            self.pids[who].add(hello.pid)
            self.sessions[who] += 1
            self.shares[who] = {}
        if received.header.type in {SandeshType.UVE, SandeshType.ALARM}:
            assert isinstance(received.body, Tree)
            take(self.shares[who], received.body)

    @property
    def present(self) -> dict[Identity, Shares]:
        """Return the shares of the generators that have a session now."""
        return {who: self.shares[who] for who in self.collector.generators if who in self.shares}


def take(shares: Shares, tree: Tree) -> None:
    """Take one UVE into what is held of its generator."""
    data = tree.fields[0].value
    assert isinstance(data, StructValue)
    if data.name in LIBRARY:
        return
    keys = [each for each in data.fields if each.annotations.get("key")]
    proxy = next((f"-{each.value}" for each in data.fields if each.name == "proxy"), "")
    name = ShareName(keys[0].annotations["key"], ":".join(str(each.value) for each in keys), data.name + proxy)
    rest = {each.name: plain(each.value, each.type) for each in data.fields if each not in keys}
    if rest.get("deleted") is True:
        shares.pop(name, None)
    else:
        shares.setdefault(name, {}).update(rest)
