"""Enterprises, edges and links as the poller knows them, and the names that samples carry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from satark.schemas.metrics import WAN_LINK

Id = int | str
"""The vendor declares id formats changeable; they are handed back as they came."""

MAX_LABEL_CHARS = 1_024
MAX_ENTITY_CHARS = 512


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A customer of the orchestrator. `id` is what its API wants; `uid` is the same in all its dialects."""

    id: Id
    name: str = ""
    timezone: str = ""
    uid: str = ""

    @property
    def key(self) -> str:
        """The enterprise's key within the driver."""
        return str(self.id)

    @property
    def stable_id(self) -> str:
        """What the enterprise is called in entity keys."""
        return self.uid or self.key


@dataclass(frozen=True, slots=True)
class Link:
    """A WAN link: `internal_id` is its key in all answers. State and modes are the vendor's words, upper case."""

    internal_id: str
    name: str = ""
    interface: str = ""
    isp: str = ""
    state: str = ""
    mode: str = ""
    backup_state: str = ""
    last_active: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A device at a site, with the links it had in the last 24 hours by internal id."""

    id: Id
    name: str = ""
    state: str = ""
    site: str = ""
    timezone: str = ""
    links: Mapping[str, Link] = field(default_factory=dict)
    uid: str = ""

    @property
    def key(self) -> str:
        """The edge's key within its enterprise, for the driver."""
        return str(self.id)

    @property
    def stable_id(self) -> str:
        """What the edge is called in labels."""
        return self.uid or self.key


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link is: what an entity key and its labels are made of."""

    orchestrator: str
    enterprise: Enterprise
    edge: Edge

    @property
    def key(self) -> tuple[str, str]:
        """The edge's key within the orchestrator."""
        return self.enterprise.key, self.edge.key

    def entity(self, internal_id: str) -> str:
        """Return the entity key of one of the edge's links."""
        return f"{entity_prefix(self.orchestrator)}{self.enterprise.stable_id}/{internal_id}"

    def labels(self, internal_id: str, seen: Link | None = None) -> dict[str, str]:
        """Return what a person knows the link by; what is not known is left out.

        The inventory's names count; `seen` serves where it lacks the link.
        """
        link = self.edge.links.get(internal_id) or seen or Link(internal_id)
        labels = {
            "orchestrator": self.orchestrator,
            "enterprise": self.enterprise.name or self.enterprise.key,
            "enterprise_id": self.enterprise.stable_id,
            "edge": self.edge.name or self.edge.key,
            "edge_id": self.edge.stable_id,
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


def chosen(
    enterprises: Iterable[Enterprise], wanted: tuple[str, ...], unwanted: tuple[str, ...] = ()
) -> tuple[Enterprise, ...]:
    """Return the enterprises whose name (in any case) or id matches a wanted pattern and no unwanted one.

    Where nothing is wanted in particular, all are.
    """
    return tuple(e for e in enterprises if (not wanted or _matches(e, wanted)) and not _matches(e, unwanted))


def _matches(enterprise: Enterprise, patterns: tuple[str, ...]) -> bool:
    name = enterprise.name.casefold()
    ids = (enterprise.key, enterprise.stable_id)
    return any(fnmatchcase(name, p.casefold()) or any(fnmatchcase(id_, p) for id_ in ids) for p in patterns)
