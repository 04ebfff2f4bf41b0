"""Messages as a collector gets them, from the XML of a body and what the header says."""

from satark.sandesh.types import Header, Hint, Message, SandeshType
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import Node, StructValue, Tree
from satark.sandesh.wire.xml import Received

SOURCE = "host-1"


def received(body: Message | Tree | str, type_: int = SandeshType.UVE, hints: int = Hint.KEY) -> Received:
    """A message of this body, which may be written as XML."""
    decoded = decode_tree(body.encode()) if isinstance(body, str) else body
    name = decoded.name if isinstance(decoded, Tree) else decoded.__sandesh__.name
    return Received(Header(source=SOURCE, type=type_, hints=hints), name, decoded, 1000)


def uve(fields: str, type_: int = SandeshType.UVE, hints: int = Hint.KEY) -> Received:
    """A UVE of a struct `Vn` with these fields."""
    return received(f'<VnTrace type="sandesh"><data type="struct"><Vn>{fields}</Vn></data></VnTrace>', type_, hints)


def uve_of(fields: list[Node]) -> Received:
    """The same from fields that are no XML."""
    return received(Tree("VnTrace", [Node("data", "struct", "1", StructValue("Vn", fields))]))


def text(name: str, value: str, **annotations: str) -> str:
    """A field that is a text."""
    written = "".join(f' {key}="{each}"' for key, each in annotations.items())
    return f'<{name} type="string"{written}>{value}</{name}>'


NAME = text("name", "vn1", key="ObjectVNTable")
