"""From a syntax tree to a checked unit: one pass from top to bottom, each definition seeing those before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from satark.sandesh.idl import annotations, ast, model, rules
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.errors import Report
from satark.sandesh.idl.fields import Fields, automatic, check_name
from satark.sandesh.idl.options import Options
from satark.sandesh.idl.parser import Parsed
from satark.sandesh.idl.scope import Included, Scope
from satark.sandesh.idl.values import INTEGER_RANGES, Values
from satark.sandesh.idl.words import did_you_mean


def check(
    parsed: Parsed,
    module: str,
    includes: Mapping[str, Included],
    options: Options,
    report: Report,
) -> Included:
    """Return the unit of a file whose includes are checked; problems go to `report`, definitions with errors are lost."""
    program = parsed.program
    later = {each.name: each.name_span for each in reversed(program.definitions)}
    scope = Scope(program.file, module, includes, report, later=later, lost=set(parsed.lost))
    checker = _Checker(scope, Fields(scope, Values(scope, options), options))
    checker.headers(program.headers)
    for definition in program.definitions:
        if report.full:
            break
        checker.definition(definition)
    units = {name: included.unit for name, included in includes.items() if included.unit is not None}
    return Included(
        model.Unit(program.file, module, program, units, tuple(scope.known.values())), frozenset(scope.lost)
    )


@dataclass(slots=True)
class _Checker:
    """Checks the definitions of one file."""

    scope: Scope
    fields: Fields

    def headers(self, headers: Iterable[ast.Header]) -> None:
        """Check what stands before the definitions, apart from whether included files are there."""
        languages: set[str] = set()
        for header in headers:
            match header:
                case ast.OldNamespace(keyword, name, span):
                    language = keyword.partition("_")[0]
                    hint = "leave it out" if language == "xsd" else f"write: namespace {language} {name}"
                    self.scope.report.warning(Code.OLD_HEADER, span, f"{keyword} is no longer used", hint)
                case ast.Namespace(language, _, span) if language in languages:
                    message = f"a second namespace for {language}; the last counts"
                    self.scope.report.warning(Code.REPEATED_NAMESPACE, span, message)
                case ast.Namespace(language):
                    languages.add(language)

    def definition(self, written: ast.Definition) -> None:
        """Check a definition and make it known, or lost."""
        scope = self.scope
        check_name(written.name, written.name_span, scope)
        earlier = scope.known.get(written.name)
        if earlier is not None or written.name in scope.services:
            line = f"the first is in line {earlier.span.line}" if earlier is not None and earlier.span else ""
            scope.report.error(Code.DUPLICATE_NAME, written.name_span, f'"{written.name}" is defined twice', line)
            return
        scope.current = written.name
        built = self._built(written)
        if built is not None:
            scope.known[written.name] = built
        elif not isinstance(written, ast.Service):
            scope.lost.add(written.name)

    def _built(self, written: ast.Definition) -> model.Definition | None:
        built: model.Definition | None = None
        match written:
            case ast.Const():
                built = self._const(written)
            case ast.Typedef():
                built = self._typedef(written)
            case ast.EnumDef():
                built = self._enum(written)
            case ast.Senum():
                kind = model.ScalarType(ast.Base.STRING)
                built = model.Typedef(written.name, self.scope.module, kind, written.doc, written.name_span)
            case ast.StructDef():
                built = self._struct(written)
            case ast.SandeshDef():
                built = self._message(written)
            case ast.Service():
                self._service(written)
        return built

    def _const(self, written: ast.Const) -> model.Constant | None:
        annotations.check_type(written.type, self.scope.report)
        kind = self.scope.type(written.type)
        value = None if kind is None else self.fields.values.of(written.value, kind, written.name)
        if kind is None or value is None:
            return None
        return model.Constant(written.name, self.scope.module, kind, value, written.doc, written.name_span)

    def _typedef(self, written: ast.Typedef) -> model.Typedef | None:
        annotations.check_type(written.type, self.scope.report)
        kind = self.scope.type(written.type)
        if kind is None:
            return None
        return model.Typedef(written.name, self.scope.module, kind, written.doc, written.name_span)

    def _enum(self, written: ast.EnumDef) -> model.Enumeration:
        low, high = INTEGER_RANGES[ast.Base.I32]
        members: dict[str, model.Member] = {}
        value = -1
        for each in written.members:
            check_name(each.name, each.span, self.scope)
            value = value + 1 if each.value is None else each.value
            if each.name in members:
                self.scope.report.error(Code.DUPLICATE_MEMBER, each.span, f'"{each.name}" is twice in {written.name}')
            elif not low <= value <= high:
                self.scope.report.error(
                    Code.ENUM_RANGE, each.span, f"{each.name} = {value} is not an i32 ({low} to {high})"
                )
            elif value < 0:
                self.scope.report.warning(Code.ENUM_NEGATIVE, each.span, f"{each.name} = {value} is negative")
            members.setdefault(each.name, model.Member(each.name, value, each.doc))
        built = tuple(members.values())
        return model.Enumeration(written.name, self.scope.module, built, written.doc, written.name_span)

    def _struct(self, written: ast.StructDef) -> model.Struct | None:
        annotations.check_owner(written.annotations, self.scope.report)
        shape = self._shape(written, self.fields.check(written.fields))
        return None if shape is None else model.Struct(*shape, kind=written.kind)

    def _message(self, written: ast.SandeshDef) -> model.Message | None:
        annotations.check_owner(written.annotations, self.scope.report)
        rules.check_fields(written, self.scope.report)
        fields = self.fields.check(written.fields, automatic(written.kind))
        if fields is not None and written.kind in rules.UVES:
            rules.check_uve(written, fields, self.scope.report)
        shape = self._shape(written, fields)
        return None if shape is None else model.Message(*shape, kind=written.kind)

    def _shape(
        self,
        written: ast.StructDef | ast.SandeshDef,
        fields: tuple[model.Field, ...] | None,
    ) -> tuple[str, str, tuple[model.Field, ...], model.Annotations, str | None, model.Extent, bool, ast.Span] | None:
        """Return what structs and messages have in common, in the order of their fields; None without fields."""
        notes = annotations.read(written.annotations, self.scope.report)
        if fields is None:
            return None
        own = len("{}") + sum(len(f"{each.id}:{'opt-' * each.optional};") for each in fields)
        extent = self.scope.extent(own, [each.type for each in fields], written.name_span)
        if extent is None:
            return None
        has_key = any("key" in each.annotations or _has_key(each.type) for each in fields)
        return written.name, self.scope.module, fields, notes, written.doc, extent, has_key, written.name_span

    def _service(self, written: ast.Service) -> None:
        """Check a service: it has no use, but what it says must be right."""
        if written.extends is not None and not self._knows_service(written.extends):
            hint = did_you_mean(written.extends, self.scope.services)
            self.scope.report.error(
                Code.UNKNOWN_SERVICE, written.name_span, f'there is no service "{written.extends}"', hint
            )
        names: set[str] = set()
        for function in written.functions:
            check_name(function.name, function.name_span, self.scope)
            if function.name in names:
                message = f'"{function.name}" is twice in {written.name}'
                self.scope.report.error(Code.DUPLICATE_MEMBER, function.name_span, message)
            names.add(function.name)
            if function.result is not None:
                annotations.check_type(function.result, self.scope.report)
                self.scope.type(function.result)
            self.fields.check(function.parameters)
            self.fields.check(function.throws or ())
        self.scope.services.add(written.name)

    def _knows_service(self, name: str) -> bool:
        module, _, rest = name.rpartition(".")
        included = self.scope.includes.get(module)
        if included is not None and rest:
            return included.unit is None or any(each.name == rest for each in included.unit.services)
        return name in self.scope.services or name in self.scope.lost


def _has_key(kind: model.Type) -> bool:
    match kind:
        case model.StructType(struct):
            return struct.has_key
        case model.ListType() | model.SetType():
            return _has_key(kind.element)
        case model.MapType():
            return _has_key(kind.key) or _has_key(kind.value)
        case _:
            return False
