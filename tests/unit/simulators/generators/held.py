"""What a collector holds, as it was told: the specification's clause 6.4 in a few lines, without our own shortcuts."""

from collections import defaultdict

from satark.sandesh.generator import Delivery
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.control import Identity
from satark.sandesh.wire.tree import Plain, StructValue, Tree, plain
from satark.simulators.generators.shares import ShareName

LIBRARY = frozenset(("ModuleClientState",))
"""What the generator library tells of itself, of which a scenario knows nothing."""


class Held:
    """The shares of all generators; call it with what a collector that knows no classes delivers."""

    def __init__(self) -> None:
        self.shares: dict[Identity, dict[ShareName, dict[str, Plain]]] = defaultdict(dict)
        self.names: dict[str, int] = defaultdict(int)

    def __call__(self, delivery: Delivery) -> None:
        """Take one message."""
        received = delivery.received
        self.names[received.name] += 1
        if delivery.generator is not None and received.header.type in {SandeshType.UVE, SandeshType.ALARM}:
            assert isinstance(received.body, Tree)
            self._take(delivery.generator, received.body)

    def lost(self, generator: Identity) -> None:
        """A session is over: its shares are gone."""
        self.shares.pop(generator, None)

    def _take(self, generator: Identity, tree: Tree) -> None:
        data = tree.fields[0].value
        assert isinstance(data, StructValue)
        if data.name in LIBRARY:
            return
        keys = [each for each in data.fields if each.annotations.get("key")]
        proxy = next((f"-{each.value}" for each in data.fields if each.name == "proxy"), "")
        name = ShareName(keys[0].annotations["key"], ":".join(str(each.value) for each in keys), data.name + proxy)
        rest = {each.name: plain(each.value, each.type) for each in data.fields if each not in keys}
        if rest.get("deleted") is True:
            self.shares[generator].pop(name, None)
        else:
            self.shares[generator].setdefault(name, {}).update(rest)
