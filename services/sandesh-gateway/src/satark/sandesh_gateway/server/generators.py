"""The generators that this gateway knows: the connected ones, and some that were, for whoever asks what became of them."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from satark.sandesh.wire.control import Hello, Identity
from satark.sandesh_gateway.publish.books import Books
from satark.sandesh_gateway.publish.marks import NO_LEVEL
from satark.sandesh_gateway.server.admission import Holder


@dataclass(slots=True, eq=False)
class Generator:
    """One daemon: its session, what waits of it, and its books. `session` is 0 before its first hello."""

    name: str
    identity: Identity
    books: Books = field(default_factory=Books)
    hello: Hello | None = None
    session: int = 0
    open: bool = False
    """Whether the session's end has not been published: also while it may be resumed."""
    connected: bool = False
    host: str = ""
    since: datetime | None = None
    connects: int = 0
    connected_at: datetime | None = None
    resets: int = 0
    reset_at: datetime | None = None
    pending_bytes: int = 0
    drop_level: int = NO_LEVEL

    @property
    def holder(self) -> Holder | None:
        """Who holds the name, for `admission`."""
        if not self.open or self.hello is None:
            return None
        return Holder(self.host, self.hello.pid, self.session, self.connected)


class Generators:
    """By name. Bounded: of those without a session and without pending messages the longest unheard of are forgotten."""

    def __init__(self, *, most_absent: int = 1_000) -> None:
        self._all: OrderedDict[str, Generator] = OrderedDict()
        self._most_absent = most_absent

    def __iter__(self) -> Iterator[Generator]:
        return iter(list(self._all.values()))

    def get(self, name: str) -> Generator | None:
        """The generator of that name, if it is known."""
        return self._all.get(name)

    def of(self, identity: Identity) -> Generator:
        """The generator of an identity, made known."""
        name = str(identity)
        known = self._all.get(name)
        if known is None:
            known = self._all[name] = Generator(name, identity)
            self._forget()
        self._all.move_to_end(name)
        return known

    @property
    def connected(self) -> list[Generator]:
        """Those that have a session, by name."""
        return sorted((each for each in self._all.values() if each.connected), key=lambda each: each.name)

    def _forget(self) -> None:
        absent = [each for each in self._all.values() if not each.open and not each.pending_bytes]
        for each in absent[: max(0, len(absent) - self._most_absent)]:
            del self._all[each.name]
