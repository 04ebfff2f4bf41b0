"""A world of any size, for load tests: enterprises x edges of each x links of each edge."""

import re
from hashlib import blake2b
from itertools import count

from satark.simulators.vco.parts import (
    BROADBAND,
    CABLE,
    FIBRE,
    LONDON,
    MANCHESTER,
    MPLS,
    NEW_YORK,
    SAO_PAULO,
    ZURICH,
    make_edge,
    make_link,
)
from satark.simulators.vco.topology import Enterprise, World

SITES = (LONDON, MANCHESTER, NEW_YORK, SAO_PAULO, ZURICH)
LINKS = (
    ("Fibre", "Example Telecom", FIBRE),
    ("Broadband", "Sample Broadband", BROADBAND),
    ("Cable", "Specimen Cable", CABLE),
    ("MPLS", "Muster Netz", MPLS),
)
GRID_PATTERN = r"^[1-9]\d{0,3}x[1-9]\d{0,4}x[1-9]\d?$"
MAX_LINKS = 200_000


def parse_grid(text: str) -> tuple[int, int, int]:
    """Return the three numbers of a text like `2x500x3`.

    Raises ValueError when it is none, or means more than 200,000 links.
    """
    if re.fullmatch(GRID_PATTERN, text) is None:
        raise ValueError(f"{text!r} is not enterprises x edges x links, such as 2x500x3")
    enterprises, edges, links = (int(number) for number in text.split("x"))
    if enterprises * edges * links > MAX_LINKS:
        raise ValueError(f"{text} is {enterprises * edges * links} links; at most {MAX_LINKS}")
    return enterprises, edges, links


def grid(enterprises: int = 1, edges: int = 500, links: int = 3) -> World:
    """Return a world of `enterprises` with `edges` each, of `links` each; all is up and well."""
    edge_ids, link_ids = count(10_000), count(100_000)
    return World(
        name="grid",
        enterprises=tuple(_enterprise(number, edges, links, edge_ids, link_ids) for number in range(enterprises)),
    )


def _enterprise(number: int, edges: int, links: int, edge_ids: "count[int]", link_ids: "count[int]") -> Enterprise:
    made = []
    for edge_number, edge_id in zip(range(edges), edge_ids, strict=False):
        own = []
        for link_number, link_id in zip(range(links), link_ids, strict=False):
            name, isp, profile = LINKS[(edge_number + link_number) % len(LINKS)]
            internal_id = f"{link_number + 1:08d}{_uuid(f'link {link_id}')[8:]}"
            own.append(
                make_link(link_id, internal_id, f"GE{link_number + 1}", f"{name} {link_number + 1}", isp, profile)
            )
        site = SITES[edge_number % len(SITES)]
        made.append(
            make_edge(edge_id, _uuid(f"edge {edge_id}"), f"E{number + 1:03d}-BR-{edge_number + 1:05d}", site, *own)
        )
    return Enterprise(
        id=1001 + number,
        logical_id=_uuid(f"enterprise {number}"),
        name=f"Grid Enterprise {number + 1:03d}",
        account_number=f"GRD-{number + 1:04d}",
        domain=f"grid{number + 1}",
        site=LONDON,
        edges=tuple(made),
    )


def _uuid(text: str) -> str:
    """Return an invented UUID that is always the same for a text."""
    digits = blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
