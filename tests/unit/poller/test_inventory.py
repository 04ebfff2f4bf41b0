"""inventory: which enterprises are wanted."""

import pytest

from satark.poller.inventory import Edge, Enterprise, Link, Place, chosen, entity_prefix
from tests.unit.poller.doubles import FIBRE_A, place_of

FREIGHT, CLINICS = Enterprise(4101, "Northwind Freight Ltd"), Enterprise("4102", "Alder & Finch Clinics")


class TestChosen:
    @pytest.mark.parametrize(
        ("patterns", "expected"),
        [
            ((), (FREIGHT, CLINICS)),
            (("northwind*",), (FREIGHT,)),
            (("4102",), (CLINICS,)),
            (("*clinics", "4101"), (FREIGHT, CLINICS)),
            (("nobody",), ()),
        ],
    )
    def test_patterns(self, patterns: tuple[str, ...], expected: tuple[Enterprise, ...]) -> None:
        """Patterns match names in any case, or ids; without one all are wanted."""
        assert chosen([FREIGHT, CLINICS], patterns) == expected

    def test_unwanted_wins(self) -> None:
        """What is excluded is left out although it is wanted too."""
        assert chosen([FREIGHT, CLINICS], ("*",), ("*CLINICS",)) == (FREIGHT,)
        assert chosen([FREIGHT, CLINICS], (), ("41*",)) == ()

    def test_stable_id(self) -> None:
        """An enterprise is also found by the id that all dialects of its orchestrator share."""
        named = Enterprise(1, "Harbour", uid="5d6c1b7e")

        assert chosen([named], ("5d6c*",)) == (named,)


class TestPlace:
    def test_label_length(self) -> None:
        """Labels are cut to what an event may hold."""
        place = place_of()

        assert len(Place(place.orchestrator, Enterprise(1, "x" * 5000), place.edge).labels("a")["enterprise"]) == 1024

    def test_entity(self) -> None:
        """An entity key is made of orchestrator, enterprise and internal id, by ids that all dialects share."""
        place = Place("vco.example.net", Enterprise(1, uid="uid-1"), Edge(7))

        assert place.entity("a") == "wan-link/vco.example.net/uid-1/a"
        assert place.entity("a").startswith(entity_prefix("vco.example.net"))
        assert place.key == ("1", "7")

    def test_inventory_names_count(self) -> None:
        """The inventory's names count; an answer's serve where the inventory lacks the link."""
        place = place_of(FIBRE_A)
        seen = Link("x", "Seen", "GE9")

        assert place.labels(FIBRE_A, seen)["link"] == "Fibre A"
        assert place.labels("x", seen)["link"] == "Seen"

    @pytest.mark.parametrize(
        ("link", "expected"), [(Link("x", "", "GE9"), "GE9"), (Link("x"), "x"), (Link("x", "10.0.0.1"), "10.0.0.1")]
    )
    def test_nameless(self, link: Link, expected: str) -> None:
        """A link without a name is called by its interface, or by its id; what is not known is no label."""
        labels = place_of().labels("x", link)

        assert labels["link"] == expected
        assert all(labels.values())

    def test_timezone(self) -> None:
        """An edge that has no time zone has its enterprise's."""
        place = Place("vco.example.net", Enterprise(1, timezone="Europe/London"), Edge(7))

        assert place.labels("a")["timezone"] == "Europe/London"
