"""inventory: which enterprises are wanted."""

import pytest

from satark.poller.inventory import Enterprise, Place, chosen
from tests.unit.poller.doubles import place_of

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


class TestPlace:
    def test_label_length(self) -> None:
        """Labels are cut to what an event may hold."""
        place = place_of()

        assert len(Place(place.orchestrator, Enterprise(1, "x" * 5000), place.edge).labels("a")["enterprise"]) == 1024
