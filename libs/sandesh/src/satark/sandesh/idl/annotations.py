"""What annotations may say, as far as the language knows them. Source: clauses 1.8, 5.6 and 6.6 of the specification.

Any other name is passed on, with a warning: a misspelt one would go unnoticed for ever.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from satark.sandesh.idl import ast, model
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.errors import Report, one_of
from satark.sandesh.idl.words import did_you_mean

PERIOD_STEP_S = 30  # the library's tick; a period is a multiple of it

_KNOWN = [
    "key",
    "aggtype",
    "tags",
    "link",
    "link_title",
    "ulink",
    "format",
    "hidden",
    "metric",
    "stats",
    "mstats",
    "period",
    "timeout",
    "type",
    "uve_type",
    "cpp.type",
    "final",
]
_ON_FIELDS_ONLY = {"key", "aggtype", "tags", "hidden", "metric", "stats", "mstats"}
_TAKEN = {
    "type": "every field on the wire has an attribute of that name",
    "identifier": "every field on the wire has an attribute of that name",
    "xmlns": "XML would take it for the name of a namespace",
}
_WORDS = {
    "aggtype": ("union", "sum", "counter", "append", "listkey"),
    "hidden": ("yes",),
    "metric": ("agg", "diff", "dial"),
}
_ALGORITHMS = ("DSNone", "DSNull", "DSChange", "DSNon0", "DSSum", "DSAvg", "DSEWM", "DSAnomaly")
_STATISTIC = re.compile(
    r"(?:(?P<periods>[0-9]+)(?:\.(?P<first>\w+))?-)?(?P<source>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):(?P<algorithm>\w+)(?::(?P<argument>.*))?",
)
_MAX_NUMBER = 9  # digits


def read(written: Iterable[ast.Annotation], report: Report) -> dict[str, str]:
    """Return annotations by name in alphabetical order; of two with one name the last counts."""
    found: dict[str, str] = {}
    for each in written:
        if each.name in found:
            report.warning(Code.ANNOTATION_REPEATED, each.span, f'"{each.name}" is there twice; the last counts')
        if each.name not in _KNOWN and each.name not in _TAKEN:
            hint = "" if report.full_of_warnings else did_you_mean(each.name, _KNOWN)
            report.warning(Code.ANNOTATION_UNKNOWN, each.span, f'"{each.name}" is no known annotation', hint)
        found[each.name] = each.value
    return dict(sorted(found.items()))


def check_type(written: ast.Type, report: Report) -> None:
    """Check the annotations on a type: what belongs to the field is never sent from there."""
    match written:
        case ast.ListOf(element) | ast.SetOf(element):
            check_type(element, report)
        case ast.MapOf(key, value):
            check_type(key, report)
            check_type(value, report)
    if isinstance(written, ast.NamedType):
        return
    read(written.annotations, report)
    for each in written.annotations:
        if each.name in _ON_FIELDS_ONLY:
            message = f'"{each.name}" on a type has no effect'
            report.warning(Code.ANNOTATION_PLACE, each.span, message, "put it behind the field's name")


def check_owner(written: Sequence[ast.Annotation], report: Report) -> None:
    """Check the annotations of a struct or message."""
    for each in written:
        number = int(each.value) if re.fullmatch(f"[0-9]{{1,{_MAX_NUMBER}}}", each.value) else None
        if each.name == "period" and (number is None or number % PERIOD_STEP_S):
            message = f'period: "{each.value}" is no multiple of {PERIOD_STEP_S} seconds'
            report.error(Code.ANNOTATION_VALUE, each.span, message)
        if each.name == "timeout" and not number:
            report.error(Code.ANNOTATION_VALUE, each.span, f'timeout: "{each.value}" is no number of periods above 0')
        if each.name in _ON_FIELDS_ONLY:
            message = f'"{each.name}" has no effect here'
            report.warning(Code.ANNOTATION_PLACE, each.span, message, "it belongs to a field")


def check_field(written: ast.Field, field: model.Field, siblings: Mapping[str, model.Field], report: Report) -> None:
    """Check the annotations of a field among its siblings."""
    for each in written.annotations:
        if each.name in _TAKEN:
            message = f'"{each.name}" cannot annotate a field: {_TAKEN[each.name]}'
            hint = "the originals send what no reader of XML takes"
            report.error(Code.ANNOTATION_RESERVED, each.span, message, hint)
        words = _WORDS.get(each.name)
        if words and each.value not in words:
            hint = did_you_mean(each.value, words)
            message = f'{each.name}: "{each.value}" is not {one_of(words)}'
            report.error(Code.ANNOTATION_VALUE, each.span, message, hint)
        if each.name in {"hidden", "stats", "mstats"} and not field.optional:
            message = f'"{each.name}" is only for optional fields'
            report.error(Code.ANNOTATION_PLACE, each.span, message, f"write: optional … {field.name}")
        if each.name == "mstats" and not isinstance(field.type, model.MapType):
            report.error(
                Code.ANNOTATION_PLACE, each.span, '"mstats" is only for maps', 'for a single value use "stats"'
            )
        if each.name in {"stats", "mstats"}:
            _check_statistic(each, siblings, report)
        if each.name == "tags":
            _check_tags(each, field, siblings, report)


def _check_statistic(written: ast.Annotation, siblings: Mapping[str, model.Field], report: Report) -> None:
    """Check `[periods[.first]-]source[.member…]:algorithm[:argument]`."""
    match = _STATISTIC.fullmatch(written.value)
    if match is None:
        hint = "write [periods[.algorithm]-]field[.member]:algorithm[:argument]"
        report.error(Code.STATISTIC_SYNTAX, written.span, f'{written.name}: "{written.value}" is no statistic', hint)
        return
    for algorithm in filter(None, (match["first"], match["algorithm"])):
        if algorithm not in _ALGORITHMS:
            hint = did_you_mean(algorithm, _ALGORITHMS) or f"known are {', '.join(_ALGORITHMS)}"
            report.error(Code.STATISTIC_ALGORITHM, written.span, f'there is no algorithm "{algorithm}"', hint)
    fields: Mapping[str, model.Field] = siblings
    for name in match["source"].split("."):
        if name not in fields:
            report.error(Code.STATISTIC_SOURCE, written.span, f'there is no field "{name}"', did_you_mean(name, fields))
            return
        fields = members(fields[name].type)


def _check_tags(
    written: ast.Annotation,
    field: model.Field,
    siblings: Mapping[str, model.Field],
    report: Report,
) -> None:
    """Check a comma list of `sibling`, `.member`, `sibling:.member` and `.member:.member`; empty is legal."""
    inner = members(field.type)

    def is_known(name: str) -> bool:
        if not name.startswith("."):
            return name in siblings
        return name[1:] in inner or (name == ".__key" and isinstance(field.type, model.MapType))

    for term in filter(None, written.value.split(",")):
        first, colon, second = term.partition(":")
        if colon and not second.startswith("."):
            hint = f"write {first}:.{second}"
            report.error(Code.ANNOTATION_VALUE, written.span, f'tags: after ":" comes a member, not "{second}"', hint)
            continue
        for name in filter(None, (first, second)):
            if not is_known(name):
                _report_tag(name, written, siblings, inner, report)


def _report_tag(
    name: str,
    written: ast.Annotation,
    siblings: Mapping[str, model.Field],
    inner: Mapping[str, model.Field],
    report: Report,
) -> None:
    if report.full_of_warnings:
        hint = ""
    elif name.strip() != name:
        hint = "write it without spaces"
    elif name.startswith("."):
        hint = did_you_mean(name, [f".{each}" for each in inner])
    else:
        hint = did_you_mean(name, siblings)
    report.warning(Code.TAG_UNKNOWN, written.span, f'tags: there is no "{name}" here', hint)


def members(kind: model.Type) -> Mapping[str, model.Field]:
    """Return the fields of the struct that a type is or holds, by name."""
    match kind:
        case model.ListType() | model.SetType():
            kind = kind.element
        case model.MapType():
            kind = kind.value
    return {field.name: field for field in kind.struct.fields} if isinstance(kind, model.StructType) else {}
