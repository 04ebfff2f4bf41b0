"""What daemons send of their UVEs, as the events that a gateway makes of it."""

from datetime import UTC, datetime, timedelta

from satark.sandesh.types import Header, Hint, SandeshType
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.origin import Origin
from satark.sandesh_gateway.translate.shares import shares_of
from satark.schemas.uves import UveShare

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def share_said(
    xml: str, generator: str, *, session: int, number: int = 1, timestamp_us: int = 1, sync: bool = False
) -> UveShare:
    """Return the event of a UVE whose struct is written as XML, as the golden cases of aggregation have it."""
    struct = xml[1 : min(xml.index(">"), xml.index(" ") if " " in xml else len(xml))]
    tree = decode_tree(f'<{struct}Trace type="sandesh"><data type="struct">{xml}</data></{struct}Trace>'.encode())
    source, node_type, module, instance = generator.rsplit(":", 3)
    header = Header(
        source=source,
        module=module,
        node_type=node_type,
        instance_id=instance,
        type=SandeshType.UVE,
        hints=Hint.SYNC if sync else Hint.NONE,
        sequence_number=number,
        timestamp_us=timestamp_us,
    )
    now = EPOCH + timedelta(microseconds=timestamp_us)
    (share,) = shares_of(Received(header, tree.name, tree, len(xml)), Origin(generator, session, "gw"), now)
    return share
