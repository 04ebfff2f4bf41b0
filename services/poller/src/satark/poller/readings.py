"""What an orchestrator says of links and of itself, whatever its dialect: the model that all drivers share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from satark.poller.inventory import Edge, Enterprise, Link
from satark.schemas.messages import Level


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out: a short stable reason, and where it was.

    `row` is its place in the answer where that is a list, `original` its bytes as they came, for a dead letter.
    """

    reason: str
    where: str
    row: int | None = field(default=None, compare=False)
    original: bytes = field(default=b"", compare=False, repr=False)


class Coverage(StrEnum):
    """What one call reads at once."""

    ORCHESTRATOR = "orchestrator"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Scope:
    """What one bulk call reads: every edge of the orchestrator, or of one enterprise."""

    enterprises: tuple[Enterprise, ...]
    coverage: Coverage

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the enterprises."""
        return frozenset(enterprise.key for enterprise in self.enterprises)


@dataclass(frozen=True, slots=True)
class Reading:
    """One link over one interval that begins at `start`; `metrics` is empty when nothing was measured.

    `enterprise` is a key (`Enterprise.key`); edge and link are what the answer itself says of them, which may be less
    than the inventory knows, and newer.
    """

    enterprise: str
    edge: Edge
    link: Link
    start: datetime
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Readings:
    """The links of an answer, oldest first, and what was left out of it."""

    rows: tuple[Reading, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Enterprises:
    """The enterprises that a credential sees, and the rows that were left out."""

    rows: tuple[Enterprise, ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class EdgePage:
    """A page of an enterprise's edges with their links, and what was left out."""

    edges: tuple[Edge, ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class VendorEvent:
    """An event that the orchestrator recorded, by its own name. `id` is the vendor's, unique within the enterprise."""

    id: str
    time: datetime
    name: str
    level: Level
    edge_name: str = ""
    category: str = ""
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VendorEvents:
    """Events, oldest first, and what was left out."""

    rows: tuple[VendorEvent, ...] = ()
    skipped: tuple[Skipped, ...] = ()
