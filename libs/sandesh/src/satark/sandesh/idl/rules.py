"""What each kind of message demands. Source: clauses 1.5 (optional fields) and 1.6 of the specification."""

from collections.abc import Sequence

from satark.sandesh.idl import ast, model
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.errors import Report

UVES = frozenset({ast.Kind.UVE, ast.Kind.DYNAMICUVE, ast.Kind.ALARM})
_MAY_BE_OPTIONAL = frozenset({ast.Kind.REQUEST, ast.Kind.RESPONSE, ast.Kind.OBJECTLOG})


def check_fields(written: ast.SandeshDef, report: Report) -> None:
    """Check what a message of this kind may have as fields."""
    for each in written.fields:
        if isinstance(each, ast.TextField):
            if written.kind is ast.Kind.REQUEST:
                report.error(Code.TEXT_IN_REQUEST, each.span, "a request has no constant text")
        elif each.requiredness is ast.Requiredness.OPTIONAL and written.kind not in _MAY_BE_OPTIONAL:
            hint = "only fields of requests, responses and objectlogs, and of structs, may be"
            message = f'"{each.name}": a field of {_a(written.kind)} cannot be optional'
            report.error(Code.OPTIONAL_IN_MESSAGE, each.span, message, hint)


def check_uve(written: ast.SandeshDef, fields: Sequence[model.Field], report: Report) -> None:
    """Check that a uve, dynamicuve or alarm has a field `data`, of a struct that a collector can store."""
    if not fields:
        message = f'the {written.kind} "{written.name}" has no field "data"'
        report.error(Code.DATA_MISSING, written.name_span, message, "write: 1: SomeStruct data")
        return
    data, *others = fields
    span = data.span or written.span
    if data.name != "data":
        message = f'the field of {_a(written.kind)} is called "data", not "{data.name}"'
        report.error(Code.DATA_NAME, span, message)
    elif not isinstance(data.type, model.StructType):
        message = f'the "data" of {_a(written.kind)} is a struct, not {model.type_name(data.type)}'
        report.error(Code.DATA_NOT_STRUCT, span, message)
    else:
        _check_data(written.kind, data.type.struct, span, report)
    for other in others:
        is_dynamic = written.kind is ast.Kind.DYNAMICUVE
        note = report.warning if is_dynamic else report.error
        message = f'"{other.name}": {_a(written.kind)} has no field but "data"'
        note(Code.DATA_NOT_ALONE, other.span or span, message, "put it into the data struct")


def _check_data(kind: ast.Kind, struct: model.Struct, span: ast.Span, report: Report) -> None:
    """Check the data struct: its name and key, the mark of deletion, what a dynamicuve needs besides."""
    owner = f'the data struct "{struct.name}"'
    name = struct.field("name")
    if name is None:
        hint = 'write: 1: string name (key="ObjectTable")'
        report.error(Code.UVE_WITHOUT_NAME, span, f'{owner} has no field "name"', hint)
    else:
        if name.type != model.ScalarType(ast.Base.STRING):
            report.error(Code.UVE_FIELD_TYPE, span, f'"name" of {owner} is not a string')
        if "key" not in name.annotations:
            hint = 'write: name (key="ObjectTable"), or key="" for a table that is given at run time'
            report.error(Code.UVE_WITHOUT_KEY, span, f'"name" of {owner} has no key', hint)
    deleted = struct.field("deleted")
    if deleted is None:
        message = f'{owner} has no field "deleted"'
        report.error(Code.UVE_WITHOUT_DELETED, span, message, "write: 2: optional bool deleted")
    elif deleted.type != model.ScalarType(ast.Base.BOOL):
        report.error(Code.UVE_FIELD_TYPE, span, f'"deleted" of {owner} is not a bool')
    elif not deleted.optional:
        message = f'"deleted" of {owner} is not optional, so it is sent with every update'
        report.warning(Code.DELETED_NOT_OPTIONAL, span, message)
    if kind is ast.Kind.DYNAMICUVE:
        _check_elements(struct, span, report)


def _check_elements(struct: model.Struct, span: ast.Span, report: Report) -> None:
    elements = struct.field("elements")
    hint = "write: 2: map<string, string> elements"
    if elements is None:
        message = f'the data struct "{struct.name}" of a dynamicuve has no field "elements"'
        report.warning(Code.UVE_WITHOUT_ELEMENTS, span, message, hint)
    elif model.type_shape(elements.type) != "map<string,string>":
        message = f'"elements" of the data struct "{struct.name}" is not a map<string, string>'
        report.error(Code.UVE_FIELD_TYPE, span, message, hint)


def _a(kind: ast.Kind) -> str:
    return f"an {kind}" if kind in {ast.Kind.ALARM, ast.Kind.OBJECTLOG} else f"a {kind}"
