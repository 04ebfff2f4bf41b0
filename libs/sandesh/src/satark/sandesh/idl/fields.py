"""Fields of structs and messages: ids, names, types, default values (clauses 1.4 and 1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from satark.sandesh.idl import annotations, ast, model
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.options import Options
from satark.sandesh.idl.scope import Scope
from satark.sandesh.idl.values import Values
from satark.sandesh.idl.words import PYTHON_KEYWORDS

MAX_ID = 32767
MIN_ID = -32768

_AUTOMATIC = {
    ast.Kind.RESPONSE: ((model.MORE_ID, "more", ast.Base.BOOL),),
    **dict.fromkeys(
        (ast.Kind.SYSTEMLOG, ast.Kind.OBJECTLOG, ast.Kind.TRACE, ast.Kind.TRACEOBJECT),
        ((model.FILE_ID, "file", ast.Base.STRING), (model.LINE_ID, "line", ast.Base.I32)),
    ),
}


def automatic(kind: ast.Kind) -> tuple[model.Field, ...]:
    """Return the fields that every message of a kind has behind its own."""
    return tuple(
        model.Field(number, name, model.ScalarType(base), automatic=True)
        for number, name, base in _AUTOMATIC.get(kind, ())
    )


def check_name(name: str, span: ast.Span, scope: Scope) -> None:
    """Check a name that something is given."""
    if "." in name:
        message = f'the name "{name}" has a dot in it'
        scope.report.error(Code.DOTTED_NAME, span, message, "dots separate a file from what it defines")
    if name in PYTHON_KEYWORDS:
        message = f'"{name}" is a keyword of Python'
        scope.report.warning(Code.PYTHON_KEYWORD, span, message, f"it is {name}_ in generated Python")


@dataclass(slots=True)
class Fields:
    """Checks the fields of one file."""

    scope: Scope
    values: Values
    options: Options

    def check(
        self,
        written: Sequence[ast.Field | ast.TextField],
        added: Sequence[model.Field] = (),
    ) -> tuple[model.Field, ...] | None:
        """Return the fields with those `added` behind them; None when the type of one is missing."""
        ids = self._ids(written, {each.id: each.name for each in added})
        built = [self._field(each, number) for each, number in zip(written, ids, strict=True)]
        fields = [each for each in built if each is not None]
        self._check_names(fields, added)
        if len(fields) < len(built):
            return None
        siblings = {each.name: each for each in fields}
        for each, field in zip(written, fields, strict=True):
            if isinstance(each, ast.Field):
                annotations.check_field(each, field, siblings, self.scope.report)
        return (*fields, *added)

    def _ids(self, written: Sequence[ast.Field | ast.TextField], used: dict[int, str]) -> list[int]:
        """Return the id of each field. Those without a legal one get -1, -2 and so on, or go on below an allowed one."""
        found = []
        implicit = 0
        for each in written:
            number = self._written_id(each)
            if number is None:
                number = implicit - 1
            implicit = min(number, 0) or implicit
            name = _name(each, number)
            if number in used:
                message = f'the id {number} of "{name}" is that of "{used[number]}"'
                self.scope.report.error(Code.DUPLICATE_ID, each.span, message, "ids are unique in a struct or message")
            used.setdefault(number, name)
            found.append(number)
        return found

    def _written_id(self, each: ast.Field | ast.TextField) -> int | None:
        report, name, number = self.scope.report, _name(each, None), each.id
        note = report.error if self.options.strict else report.warning
        if number is None:
            note(Code.IMPLICIT_ID, each.span, f'"{name}" has no id', "without ids no field can be added later")
        elif not MIN_ID <= number <= MAX_ID:
            report.error(Code.ID_OUT_OF_RANGE, each.span, f'the id {number} of "{name}" is not in 1 to {MAX_ID}')
        elif number <= 0 and not self.options.allow_negative_ids:
            message = f'the id {number} of "{name}" is not in 1 to {MAX_ID}; another is taken'
            note(Code.NONPOSITIVE_ID, each.span, message)
            return None
        return number

    def _check_names(self, fields: Sequence[model.Field], added: Sequence[model.Field]) -> None:
        seen = {each.name for each in added}
        for each in fields:
            span = each.span or ast.NOWHERE
            if each.name in seen:
                is_added = any(other.name == each.name for other in added)
                hint = "every message of this kind gets it by itself" if is_added else ""
                self.scope.report.error(Code.DUPLICATE_FIELD, span, f'there already is a field "{each.name}"', hint)
            seen.add(each.name)

    def _field(self, written: ast.Field | ast.TextField, number: int) -> model.Field | None:
        if isinstance(written, ast.TextField):
            name = _name(written, number)
            return model.Field(number, name, model.TextType(), text=written.text, doc=written.doc, span=written.span)
        check_name(written.name, written.name_span, self.scope)
        annotations.check_type(written.type, self.scope.report)
        notes = annotations.read(written.annotations, self.scope.report)
        if written.xsd_attrs is not None:
            self.check(written.xsd_attrs)
        kind = self.scope.type(written.type)
        if kind is None:
            return None
        default = None if written.default is None else self.values.of(written.default, kind, written.name)
        return model.Field(
            id=number,
            name=written.name,
            type=kind,
            requiredness=written.requiredness,
            default=default,
            annotations=notes,
            doc=written.doc,
            span=written.name_span,
        )


def _name(field: ast.Field | ast.TextField, number: int | None) -> str:
    if isinstance(field, ast.Field):
        return field.name
    return field.text if number is None else f"str{number}".replace("-", "_")
