"""A program as XML, for tools that do not read the language: everything is resolved, nothing is left to look up."""

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from satark.sandesh.compiler.generator import Language
from satark.sandesh.idl import model
from satark.sandesh.idl.model import Bundle, EntriesValue, EnumValue, ItemsValue, StructValue

NAMESPACE = "urn:satark:sandesh:program:1"


def files(bundle: Bundle, _options: Mapping[str, str]) -> dict[str, str]:
    """One file with the program and everything that it includes."""
    root = Element("program", {"xmlns": NAMESPACE, "name": legal(bundle.main.module)})
    for unit in bundle.units:
        _unit(root, unit)
    indent(root)
    return {f"{bundle.main.module}.program.xml": f"{tostring(root, encoding='unicode', xml_declaration=False)}\n"}


XML = Language(summary="an XML description of the program, resolved and whole", generate=files)


def _unit(root: Element, unit: model.Unit) -> None:
    element = SubElement(root, "unit", {"name": legal(unit.module)})
    _doc(element, unit.doc)
    for language, name in sorted(unit.namespaces.items()):
        SubElement(element, "namespace", {"language": language, "name": name})
    for name in unit.includes:
        SubElement(element, "include", {"unit": name})
    for each in unit.definitions:
        _definition(element, each)


def _definition(parent: Element, each: model.Definition) -> None:
    match each:
        case model.Enumeration():
            element = SubElement(parent, "enum", {"name": each.name})
            _doc(element, each.doc)
            for member in each.members:
                _doc(SubElement(element, "member", {"name": member.name, "value": str(member.value)}), member.doc)
        case model.Typedef():
            element = SubElement(parent, "typedef", {"name": each.name})
            _doc(element, each.doc)
            _type(element, each.type)
        case model.Constant():
            element = SubElement(parent, "constant", {"name": each.name})
            _doc(element, each.doc)
            _type(element, each.type)
            _value(element, each.value)
        case model.Struct():
            _shape(SubElement(parent, "struct", {"name": each.name, "kind": each.kind}), each)
        case model.Message():
            _shape(
                SubElement(parent, "message", {"name": each.name, "kind": each.kind, "key-hint": _flag(each.has_key)}),
                each,
            )


def _shape(element: Element, each: model.Struct | model.Message) -> None:
    element.set("fingerprint", each.fingerprint)
    element.set("version-sig", str(each.version_sig))
    _doc(element, each.doc)
    _annotations(element, each.annotations)
    for field in each.fields:
        _field(element, field)


def _field(parent: Element, field: model.Field) -> None:
    attributes = {"id": str(field.id), "name": field.name}
    if field.requiredness.value:
        attributes["requiredness"] = field.requiredness.value
    if field.automatic:
        attributes["automatic"] = "true"
    element = SubElement(parent, "field", attributes)
    _doc(element, field.doc)
    _annotations(element, field.annotations)
    _type(element, field.type)
    if field.text is not None:
        SubElement(element, "text").text = legal(field.text)
    if field.default is not None:
        _value(SubElement(element, "default"), field.default)


def _annotations(element: Element, annotations: Mapping[str, str]) -> None:
    for name, value in annotations.items():
        SubElement(element, "annotation", {"name": name, "value": legal(value)})


def _doc(element: Element, doc: str | None) -> None:
    if doc:
        SubElement(element, "doc").text = legal(doc)


def _type(parent: Element, type_: model.Type) -> None:
    match type_:
        case model.ScalarType(base):
            SubElement(parent, "scalar", {"type": base})
        case model.EnumType(each):
            SubElement(parent, "enum-of", {"unit": each.module, "name": each.name})
        case model.StructType(each):
            SubElement(parent, "struct-of", {"unit": each.module, "name": each.name})
        case model.ListType():
            _type(SubElement(parent, "list-of"), type_.element)
        case model.SetType():
            _type(SubElement(parent, "set-of"), type_.element)
        case model.MapType():
            element = SubElement(parent, "map-of")
            _type(element, type_.key)
            _type(element, type_.value)
        case model.TextType():
            SubElement(parent, "constant-text")


def _value(parent: Element, value: model.Value) -> None:
    match value:
        case EnumValue():
            names = {"unit": value.enumeration.module, "name": value.enumeration.name, "member": value.member.name}
            SubElement(parent, "member-of", names)
        case ItemsValue():
            _values(SubElement(parent, "items"), value.items)
        case EntriesValue():
            element = SubElement(parent, "entries")
            for pair in value.entries:
                _values(SubElement(element, "entry"), pair)
        case StructValue():
            element = SubElement(parent, "fields")
            for name, each in value.fields:
                _value(SubElement(element, "field", {"name": name}), each)
        case _:
            SubElement(parent, "value").text = _flag(value) if isinstance(value, bool) else legal(str(value))


def _values(parent: Element, values: Iterable[model.Value]) -> None:
    for each in values:
        _value(parent, each)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def legal(text: str) -> str:
    """The text with everything that no XML document may hold replaced."""
    return "".join(c if _is_legal(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_legal(character: str) -> bool:
    return (
        character in "\t\n" or " " <= character <= "\ud7ff" or "\ue000" <= character <= "\ufffd" or character > "\uffff"
    )
