"""The page of a module in the introspect server, to the byte as the original writes it (clause 2.1).

It lists the requests with their fields; a style sheet makes forms of them. Containers cannot be filled in a form and are
left out, structs nest.
"""

import re
from collections.abc import Iterable

from satark.sandesh.idl.ast import Kind
from satark.sandesh.idl.model import EnumType, Field, ListType, MapType, ScalarType, SetType, StructType, TextType, Unit

STYLESHEET = "/universal_parse.xsl"


def module_page(unit: Unit) -> str:
    """The text of `<module>.xml`."""
    root = _named(unit.module)
    lines = [f'<?xml-stylesheet type="text/xsl" href="{STYLESHEET}"?>', f'<{root} type="rlist">']
    for message in unit.messages:
        if message.kind is Kind.REQUEST:
            lines.append(f'<{message.name} type="sandesh">')
            lines.append(f"{_fields(message.own_fields)}</{message.name}>")
    return "".join(f"{line}\n" for line in [*lines, f"</{root}>"])


def _named(module: str) -> str:
    """The name of a file as that of an element: the same, if it can be one."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", module)
    return name if re.match(r"[A-Za-z_]", name) else f"_{name}"


def _fields(fields: Iterable[Field]) -> str:
    return "".join(_field(each) for each in fields)


def _field(field: Field) -> str:
    match field.type:
        case ScalarType(base):
            return f'<{field.name} type="{base}">0</{field.name}>'
        case EnumType():
            return f'<{field.name} type="i32">0</{field.name}>'
        case StructType(struct):
            return f'<{field.name} type="struct">{_fields(struct.fields)}</{field.name}>'
        case ListType() | SetType() | MapType() | TextType():
            return ""
