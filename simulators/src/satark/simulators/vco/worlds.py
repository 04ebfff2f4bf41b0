"""The named worlds. Identifiers, names and addresses are invented (addresses: RFC 5737)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from satark.simulators.vco.estate import estate
from satark.simulators.vco.grid import grid
from satark.simulators.vco.parts import (
    BROADBAND,
    CABLE,
    FIBRE,
    LONDON,
    MANCHESTER,
    MOBILE,
    MPLS,
    NEW_YORK,
    RADIO,
    SAO_PAULO,
    ZURICH,
    make_edge,
    make_link,
)
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.topology import Edge, Enterprise, Link, World

NORTHWIND_NOW = datetime(2026, 3, 10, 12, 10, tzinfo=UTC)
"""The moment of the sample payloads."""


def northwind(_start: datetime) -> World:
    """Return the world of the sample payloads: two customers, four edges, one of them offline."""
    freight = Enterprise(
        id=4101,
        logical_id="5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101",
        name="Northwind Freight Ltd",
        account_number="NWF-0041",
        domain="northwind",
        site=LONDON,
        edges=(
            make_edge(
                20311,
                "c0ffee01-0311-4d2a-8b1e-1f6f2a520311",
                "LDN-BR-01",
                LONDON,
                make_link(51001, "00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11", "GE3", "Fibre A", "Example Telecom", FIBRE),
                make_link(
                    51002, "00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22", "GE4", "Broadband B", "Sample Broadband", BROADBAND
                ),
            ),
            make_edge(
                20312,
                "c0ffee02-0312-4d2a-8b1e-1f6f2a520312",
                "NYC-BR-02",
                NEW_YORK,
                make_link(51003, "00000001-77aa-4f10-8c21-93b5d7e10a33", "GE1", "Cable C", "Specimen Cable", CABLE),
                model="edge610",
            ),
            make_edge(
                20313,
                "c0ffee03-0313-4d2a-8b1e-1f6f2a520313",
                "São Paulo 03",
                SAO_PAULO,
                make_link(51004, "00000001-91bd-4b02-8d77-55c1e9a20a44", "GE2", "Rádio D", "Amostra Net", RADIO),
                model="edge510lte",
                offline_since=datetime(2026, 3, 10, 9, 41, 30, tzinfo=UTC),
            ),
        ),
    )
    clinics = _clinics(
        4102,
        "8a1f33d2-70c4-4a0e-8d55-0b3f8a904102",
        20377,
        make_link(51071, "00000001-c0de-4b02-8d77-55c1e9a20a77", "GE3", "MPLS", "Example Telecom", MPLS),
    )
    return World(name="northwind", enterprises=(freight, clinics))


def demo(start: datetime) -> World:
    """Return the world of `satark up --demo`: two customers, six edges, one offline since two hours before `start`."""
    retail = Enterprise(
        id=5101,
        logical_id="7b1e5a40-9c55-4a0f-8f3e-2c90d1a05101",
        name="Meridian Retail Group",
        account_number="MRG-0101",
        domain="meridian",
        site=LONDON,
        edges=(*_retail_in_britain(), *_retail_abroad(start)),
    )
    clinics = _clinics(
        5102,
        "8a1f33d2-70c4-4a0e-8d55-0b3f8a905102",
        30477,
        make_link(61071, "00000001-b1a2-4c3d-84e5-61a0b0c06171", "GE3", "MPLS", "Example Telecom", MPLS),
    )
    return World(name="demo", enterprises=(retail, clinics))


NORTHWIND_SCRIPT = Script(
    incidents=(
        Incident(
            edge="LDN-BR-01",
            link="Broadband B",
            kind="step",
            start_s=-1200,
            duration_s=600,
            add={"latency_ms_rx": 67, "jitter_ms_rx": 28, "loss_pct_rx": 2},
        ),
    )
)
"""Broadband B degrades in the last two buckets of the samples, 11:50 and 11:55."""

DEMO_SCRIPT = Script(
    incidents=(
        Incident(
            edge="LDN-vVCE",
            link="BT Business Broadband",
            kind="step",
            start_s=1500,
            duration_s=2400,
            add={"latency_ms_rx": 70, "jitter_ms_rx": 25, "loss_pct_rx": 2.5},
        ),
    )
)
"""One link goes bad 25 virtual minutes after the start, for 40."""

WORLDS: Mapping[str, tuple[Callable[[datetime], World], Script]] = {
    "demo": (demo, DEMO_SCRIPT),
    "estate": (estate, Script()),
    "grid": (lambda _start: grid(), Script()),
    "northwind": (northwind, NORTHWIND_SCRIPT),
}


def _retail_in_britain() -> tuple[Edge, ...]:
    return (
        make_edge(
            30411,
            "deca1f00-0411-4d2a-8b1e-1f6f2a530411",
            "LDN-vVCE",
            LONDON,
            make_link(61001, "00000001-3a4b-4c0d-9e1f-61a0b0c06101", "GE3", "BT Business Broadband", "BT", BROADBAND),
            make_link(61002, "00000002-3a4b-4c0d-9e1f-61a0b0c06102", "GE4", "Leased Line", "Example Telecom", FIBRE),
        ),
        make_edge(
            30412,
            "deca1f00-0412-4d2a-8b1e-1f6f2a530412",
            "MAN-vVCE",
            MANCHESTER,
            make_link(61003, "00000001-5d2c-4b7a-8a11-61a0b0c06103", "GE3", "City Fibre", "Example Telecom", FIBRE),
            make_link(
                61004,
                "00000002-5d2c-4b7a-8a11-61a0b0c06104",
                "USB1",
                "LTE Backup",
                "Sample Mobile",
                MOBILE,
                "BACKUP",
            ),
        ),
    )


def _retail_abroad(start: datetime) -> tuple[Edge, ...]:
    return (
        make_edge(
            30413,
            "deca1f00-0413-4d2a-8b1e-1f6f2a530413",
            "São Paulo 03",
            SAO_PAULO,
            make_link(61005, "00000001-8e77-4a91-b2c3-61a0b0c06105", "GE2", "Rádio D", "Amostra Net", RADIO),
            make_link(61006, "00000002-8e77-4a91-b2c3-61a0b0c06106", "GE3", "Fibra", "Exemplo Telecom", CABLE),
            model="edge610",
        ),
        make_edge(
            30414,
            "deca1f00-0414-4d2a-8b1e-1f6f2a530414",
            "NYC-vVCE",
            NEW_YORK,
            make_link(61007, "00000001-c4d5-4e6f-9071-61a0b0c06107", "GE1", "Cable C", "Specimen Cable", CABLE),
        ),
        make_edge(
            30415,
            "deca1f00-0415-4d2a-8b1e-1f6f2a530415",
            "Zürich Lager",
            ZURICH,
            make_link(61008, "00000001-f0e1-4d2c-83b4-61a0b0c06108", "GE1", "Muster DSL", "Muster Netz", BROADBAND),
            model="edge510lte",
            offline_since=start - timedelta(hours=2),
        ),
    )


def _clinics(enterprise_id: int, logical_id: str, edge_id: int, link: Link) -> Enterprise:
    return Enterprise(
        id=enterprise_id,
        logical_id=logical_id,
        name="Alder & Finch Clinics",
        account_number="AFC-0007",
        domain="alderfinch",
        site=MANCHESTER,
        edges=(
            make_edge(
                edge_id, f"c0ffee77-0377-4d2a-8b1e-1f6f2a5{edge_id}", "CLINIC-HQ", MANCHESTER, link, model="edge640"
            ),
        ),
    )
