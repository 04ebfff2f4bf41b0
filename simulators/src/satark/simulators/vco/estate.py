"""A world of awkward cases: names, states and links that clients get wrong (1.5, 1.10).

Three enterprises, two of them with the same name: edges of one name, links of one name, an empty name, an address for
a name; standby and backup links; edges offline for less and for more than a day; one that was never activated; a link
that was replaced half an hour before the start; a link of true zeros.
"""

from datetime import datetime, timedelta

import msgspec

from satark.simulators.vco.parts import (
    BROADBAND,
    FIBRE,
    LAN_LIKE,
    LONDON,
    MOBILE,
    NEW_YORK,
    RADIO,
    SAO_PAULO,
    TOKYO,
    ZURICH,
    make_edge,
    make_link,
)
from satark.simulators.vco.replacement import successor
from satark.simulators.vco.topology import Edge, Enterprise, Site, World

REPLACED_AGO = timedelta(minutes=30)


def estate(start: datetime) -> World:
    """Return the world, its past ending at `start`."""
    return World(
        name="estate",
        enterprises=(
            _enterprise(6101, "Müller & Söhne Logistik", "mueller", ZURICH, _twins()),
            _enterprise(6102, "東京流通", "tokyo", TOKYO, _silent(start)),
            _enterprise(6103, "東京流通", "tokyo-2", TOKYO, _swapped(start)),
        ),
    )


def _twins() -> tuple[Edge, ...]:
    """Two edges of one name; two links of one name; a link without a name, and one called by its address."""
    return (
        make_edge(
            40_001,
            "e57a7e01-0001-4d2a-8b1e-1f6f2a540001",
            "Filiale 01",
            ZURICH,
            make_link(71_001, "00000001-0e57-4a7e-8001-71a0b0c07101", "GE1", "Internet", "Muster Netz", BROADBAND),
            make_link(71_002, "00000002-0e57-4a7e-8001-71a0b0c07102", "GE2", "Internet", "Example Telecom", FIBRE),
        ),
        make_edge(
            40_002,
            "e57a7e01-0002-4d2a-8b1e-1f6f2a540002",
            "Filiale 01",
            LONDON,
            make_link(71_003, "00000001-0e57-4a7e-8002-71a0b0c07103", "GE1", "", "Example Telecom", FIBRE),
            make_link(71_004, "00000002-0e57-4a7e-8002-71a0b0c07104", "GE2", "192.0.2.77", "Muster Netz", BROADBAND),
        ),
        make_edge(
            40_003,
            "e57a7e01-0003-4d2a-8b1e-1f6f2a540003",
            'Zürich "Lager" <Süd>',
            ZURICH,
            make_link(71_005, "00000001-0e57-4a7e-8003-71a0b0c07105", "GE1", "LAN-like MPLS", "Muster Netz", LAN_LIKE),
            make_link(71_006, "00000002-0e57-4a7e-8003-71a0b0c07106", "USB1", "LTE", "Sample Mobile", MOBILE, "BACKUP"),
            make_link(
                71_007, "00000003-0e57-4a7e-8003-71a0b0c07107", "USB2", "5G", "Sample Mobile", MOBILE, "HOTSTANDBY"
            ),
        ),
    )


def _silent(start: datetime) -> tuple[Edge, ...]:
    """Edges that are offline for an hour and for three days, and one that nobody ever plugged in."""
    return (
        make_edge(
            40_011,
            "e57a7e02-0011-4d2a-8b1e-1f6f2a540011",
            "大阪 01",
            TOKYO,
            make_link(71_011, "00000001-0e57-4a7e-8011-71a0b0c07111", "GE1", "光回線", "見本通信", FIBRE),
            offline_since=start - timedelta(hours=1),
        ),
        make_edge(
            40_012,
            "e57a7e02-0012-4d2a-8b1e-1f6f2a540012",
            "札幌 02",
            TOKYO,
            make_link(71_012, "00000001-0e57-4a7e-8012-71a0b0c07112", "GE1", "光回線", "見本通信", FIBRE),
            offline_since=start - timedelta(days=3),
        ),
        msgspec.structs.replace(
            make_edge(40_013, "e57a7e02-0013-4d2a-8b1e-1f6f2a540013", "Spare", NEW_YORK), activated=False
        ),
    )


def _swapped(start: datetime) -> tuple[Edge, ...]:
    """A modem that was swapped, beside a link that was not."""
    old = make_link(71_021, "00000001-0e57-4a7e-8021-71a0b0c07121", "GE1", "Rádio D", "Amostra Net", RADIO)
    at = start - REPLACED_AGO
    return (
        make_edge(
            40_021,
            "e57a7e03-0021-4d2a-8b1e-1f6f2a540021",
            "São Paulo 03",
            SAO_PAULO,
            msgspec.structs.replace(old, until=at),
            make_link(71_022, "00000002-0e57-4a7e-8021-71a0b0c07122", "GE2", "Fibra", "Exemplo Telecom", FIBRE),
            successor(old, at, 71_023),
        ),
    )


def _enterprise(enterprise_id: int, name: str, domain: str, site: Site, edges: tuple[Edge, ...]) -> Enterprise:
    return Enterprise(
        id=enterprise_id,
        logical_id=f"e57a7e00-{enterprise_id}-4a55-9a1d-6f0d6a7c{enterprise_id}",
        name=name,
        account_number=f"EST-{enterprise_id}",
        domain=domain,
        site=site,
        edges=edges,
    )
