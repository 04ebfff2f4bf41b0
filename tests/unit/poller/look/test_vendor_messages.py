"""vendor_messages: the orchestrator's own events, about the edge they name or else the enterprise."""

from satark.poller.inventory import Enterprise
from satark.poller.look.vendor_messages import MAX_ENTITY_CHARS, message_of
from satark.poller.readings import VendorEvent
from satark.schemas.messages import Level, Message
from tests.unit.poller.links import ORCHESTRATOR, at

FREIGHT = Enterprise(4101, "Northwind Freight Ltd", uid="uid-1")


def event(id_: str = "17", *, edge_name: str = "LDN-BR-01") -> VendorEvent:
    """Return an event of a lost link."""
    return VendorEvent(id_, at(0), "LINK_DEAD", Level.ALERT, edge_name, "EDGE", "Link GE3 is dead", {"link": "GE3"})


def message(id_: str = "17", *, edge_name: str = "LDN-BR-01", enterprise: Enterprise = FREIGHT) -> Message:
    """Return its message."""
    return message_of(ORCHESTRATOR, enterprise, event(id_, edge_name=edge_name))


class TestMessageOf:
    def test_edge(self) -> None:
        """An event that names an edge is about it, and says what the vendor said."""
        said = message()

        assert said.entity == "edge/vco.example.net/uid-1/LDN-BR-01"
        assert (said.name, said.level, said.category, said.time) == ("LINK_DEAD", Level.ALERT, "EDGE", at(0))
        assert (said.text, said.fields) == ("Link GE3 is dead", {"link": "GE3"})
        assert said.labels["enterprise"] == "Northwind Freight Ltd"

    def test_enterprise(self) -> None:
        """An event without an edge is about its enterprise, and has no empty label."""
        said = message(edge_name="")

        assert said.entity == "enterprise/vco.example.net/uid-1"
        assert "edge" not in said.labels

    def test_id(self) -> None:
        """The same event always has the same id; another, or another enterprise's, has another."""
        elsewhere = message(enterprise=Enterprise(4102, uid="uid-2"))

        assert message().id == message().id
        assert len({message().id, message("18").id, elsewhere.id}) == 3

    def test_endless_name(self) -> None:
        """A name that is too long for an entity key is cut."""
        assert len(message(edge_name="x" * 2_000).entity) == MAX_ENTITY_CHARS
