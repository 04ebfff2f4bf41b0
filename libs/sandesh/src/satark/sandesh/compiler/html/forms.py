"""Requests as forms: `GET /Snh_Name?field=value` (clause 5.4)."""

from collections.abc import Iterable

from satark.sandesh.compiler.html.markup import Element, Node, element
from satark.sandesh.idl import model
from satark.sandesh.idl.ast import Base
from satark.sandesh.idl.model import EnumType, ScalarType
from satark.sandesh.types import INTEGER_RANGES

_UUID = "[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"


def request_form(message: model.Message) -> Iterable[Node]:
    """The address of a request, and a form that calls it. An empty field is not set."""
    fields = [each for each in message.fields if isinstance(each.type, ScalarType | EnumType)]
    query: list[Node] = []
    for at, each in enumerate(fields):
        query += ["&" if at else "?", f"{each.name}=", element("em", _word(each.type))]
    yield element("pre", f"GET /Snh_{message.name}", query)
    labels = [element("label", element("span", each.name), _control(each)) for each in fields]
    yield element("form", labels, element("button", "Send", type="submit"), method="get", action=f"/Snh_{message.name}")


def _word(type_: model.Type) -> str:
    return (
        str(type_.base)
        if isinstance(type_, ScalarType)
        else type_.enumeration.name
        if isinstance(type_, EnumType)
        else ""
    )


def _control(field: model.Field) -> Element:
    match field.type:
        case EnumType(each):
            return _choice(field.name, [(str(member.value), member.name) for member in each.members])
        case ScalarType(Base.BOOL):
            return _choice(field.name, [("1", "true"), ("0", "false")])
        case ScalarType(base) if base in INTEGER_RANGES:
            low, high = INTEGER_RANGES[base]
            return _input(field.name, type_="number", min_=str(low), max_=str(high), step="1", placeholder=base)
        case ScalarType(Base.DOUBLE):
            return _input(field.name, type_="number", step="any", placeholder="double")
        case ScalarType(Base.UUID):
            return _input(field.name, type_="text", pattern=_UUID, placeholder="UUID")
        case _:
            return _input(field.name, type_="text", placeholder=_word(field.type))


def _input(name: str, **attributes: str) -> Element:
    return element("input", name=name, **attributes)


def _choice(name: str, choices: Iterable[tuple[str, str]]) -> Element:
    options = [element("option", text, value=value) for value, text in choices]
    return element("select", element("option", "", value=""), options, name=name)
