"""Shares of UVEs as the messages that they were: the library of Sandesh writes them as XML and finds their statistics."""

from satark.sandesh.types import Header, Hint, SandeshType
from satark.sandesh.wire.tree import ListValue, MapValue, Node, StructValue, Tree
from satark.sandesh.wire.tree import Value as TreeValue
from satark.sandesh.wire.xml import Received
from satark.schemas.uves import UveShare, Value


def received_of(share: UveShare) -> Received:
    """Return the message that the share was, but for the numbers of its fields and what kept it in several parts."""
    source, node_type, module, instance = generator_of(share.generator)
    table, _, name = share.entity.partition(":")
    fields = [Node("name", "string", "", name, {"key": table})]
    fields += [_node(field, value) for field, value in share.attributes.items() if field != "name"]
    if share.deleted and "deleted" not in share.attributes:
        fields.append(Node("deleted", "bool", "", "true"))
    data = Node("data", "struct", "", StructValue(struct_of(share), fields))
    header = Header(
        source=source,
        node_type=node_type,
        module=module,
        instance_id=instance,
        type=SandeshType.ALARM if share.alarm else SandeshType.UVE,
        hints=Hint.SYNC if share.sync else Hint.NONE,
        sequence_number=share.sequence_number,
    )
    return Received(header, share.message, Tree(share.message, [data]), 0)


def generator_of(name: str) -> tuple[str, str, str, str]:
    """Return source, node type, module and instance; what is no generator's name is all source."""
    parts = name.rsplit(":", 3)
    return (parts[0], parts[1], parts[2], parts[3]) if len(parts) == 4 else (name, "", "", "")  # noqa: PLR2004 - of a name


def struct_of(share: UveShare) -> str:
    """Return the struct's name without that of the device that the generator speaks for."""
    proxy = share.attributes.get("proxy")
    return share.struct.removesuffix(f"-{proxy.text}") if proxy is not None and proxy.text else share.struct


def _node(name: str, value: Value) -> Node:
    return Node(name, value.type, "", _tree(value), value.annotations)


def _tree(value: Value) -> TreeValue:
    match value.type:
        case "struct":
            return StructValue(value.struct, [_node(name, each) for name, each in value.fields.items()])
        case "list" | "set":
            return ListValue(value.element, [_element(each) for each in value.items], kind=value.type)
        case "map":
            return MapValue(value.key, value.element, [(key, _element(each)) for key, each in value.entries])
        case _:
            return value.text


def _element(value: str | Value) -> TreeValue:
    return value if isinstance(value, str) else _tree(value)
