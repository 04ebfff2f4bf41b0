"""What daemons say, and who says it, for the tests of translation."""

from datetime import UTC, datetime

from satark.sandesh.types import Header, Hint, SandeshType
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.origin import Origin

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SAID = datetime(2026, 3, 2, 9, 59, 58, 500_000, tzinfo=UTC)
ORIGIN = Origin("host-1:Compute:agent:0", 77, "gw")
NAME = '<name type="string" identifier="1" key="ObjectVNTable">vn1</name>'


def said(body: str, type_: int, *, hints: int = Hint.NONE, length: int = 1_000, level: int = 6) -> Received:
    """A message of this body."""
    tree = decode_tree(body.encode())
    header = Header(
        source="host-1",
        module="agent",
        node_type="Compute",
        instance_id="0",
        type=type_,
        hints=hints,
        level=level,
        category="VN",
        sequence_number=5,
        timestamp_us=int(SAID.timestamp() * 1_000_000),
    )
    return Received(header, tree.name, tree, length)


def uve(fields: str, *, hints: int = Hint.NONE, type_: int = SandeshType.UVE, length: int = 1_000) -> Received:
    """A UVE about `vn1`."""
    struct = f'<VnTrace type="sandesh"><data type="struct" identifier="1"><Vn>{NAME}{fields}</Vn></data></VnTrace>'
    return said(struct, type_, hints=hints, length=length)
