"""Enterprises, edges and links as the poller knows them, and the names that samples carry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from satark.schemas.metrics import WAN_LINK

Id = int | str
"""The vendor declares id formats changeable; they are handed back as they came."""

MAX_LABEL_CHARS = 1_024
MAX_ENTITY_CHARS = 512


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A customer of the orchestrator."""

    id: Id
    name: str = ""
    timezone: str = ""

    @property
    def key(self) -> str:
        """The enterprise's key within the orchestrator."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Link:
    """A WAN link: `internal_id` is its key in link quality events."""

    internal_id: str
    name: str = ""
    interface: str = ""
    isp: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A device at a site, with the links it had in the last 24 hours by internal id."""

    id: Id
    name: str = ""
    state: str = ""
    site: str = ""
    timezone: str = ""
    links: Mapping[str, Link] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link is: what an entity key and its labels are made of."""

    orchestrator: str
    enterprise: Enterprise
    edge: Edge

    @property
    def key(self) -> tuple[str, str]:
        """The edge's key within the orchestrator."""
        return self.enterprise.key, str(self.edge.id)

    def entity(self, internal_id: str) -> str:
        """Return the entity key of one of the edge's links."""
        return f"{entity_prefix(self.orchestrator)}{self.enterprise.id}/{internal_id}"

    def labels(self, internal_id: str) -> dict[str, str]:
        """Return what a person knows the link by; what is not known is left out."""
        link = self.edge.links.get(internal_id, Link(internal_id))
        labels = {
            "orchestrator": self.orchestrator,
            "enterprise": self.enterprise.name or str(self.enterprise.id),
            "enterprise_id": str(self.enterprise.id),
            "edge": self.edge.name or str(self.edge.id),
            "edge_id": str(self.edge.id),
            "link": link.name or link.interface or internal_id,
            "link_id": internal_id,
            "interface": link.interface,
            "isp": link.isp,
            "site": self.edge.site,
            "timezone": self.edge.timezone or self.enterprise.timezone,
        }
        return {name: text[:MAX_LABEL_CHARS] for name, text in labels.items() if text}


def entity_prefix(orchestrator: str) -> str:
    """Return how the entity keys of all links of an orchestrator begin."""
    return f"{WAN_LINK}/{orchestrator}/"


def chosen(enterprises: Iterable[Enterprise], patterns: tuple[str, ...]) -> tuple[Enterprise, ...]:
    """Return the enterprises whose name (in any case) or id matches a pattern; all when there is none."""
    return tuple(e for e in enterprises if not patterns or any(_matches(e, pattern) for pattern in patterns))


def _matches(enterprise: Enterprise, pattern: str) -> bool:
    return fnmatchcase(enterprise.name.casefold(), pattern.casefold()) or fnmatchcase(str(enterprise.id), pattern)
