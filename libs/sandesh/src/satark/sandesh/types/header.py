"""The header of every message (clause 3.2)."""

from dataclasses import dataclass, replace
from typing import Self

from satark.sandesh.types.kinds import Hint, Level, SandeshType

_CONTROL = int(Hint.CONTROL)
_SYNC = int(Hint.SYNC)
"""Plain numbers: each message asks, and members of an IntFlag are slow to combine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a message says of itself and its sender.

    `timestamp_us` is microseconds since 1970 UTC. The numbers of types, levels and hints are plain integers, because
    a peer may send one that has no name. `ip_address` and `pid` are set by front ends of foreign logs only.
    """

    namespace: str = ""
    timestamp_us: int = 0
    module: str = ""
    source: str = ""
    context: str = ""
    sequence_number: int = 0
    version_sig: int = 0
    type: int = SandeshType.INVALID
    hints: int = Hint.NONE
    level: int = Level.INVALID
    category: str = ""
    node_type: str = ""
    instance_id: str = ""
    ip_address: str | None = None
    pid: int | None = None

    @property
    def is_control(self) -> bool:
        """Whether the message belongs to the negotiation."""
        return bool(self.hints & _CONTROL)

    @property
    def is_sync(self) -> bool:
        """Whether a UVE is sent again from the cache rather than because it changed."""
        return bool(self.hints & _SYNC)

    def with_hints(self, hints: int) -> Self:
        """The same header with these bits set as well."""
        return replace(self, hints=self.hints | hints)
