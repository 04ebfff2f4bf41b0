from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from satark.sandesh.idl import (
    Code,
    IdlError,
    Severity,
    ast,
    format_program,
    load,
    load_texts,
    parse_file,
    parse_text,
    render,
)
from tests.unit.sandesh.idl.corpus import BAD, GOOD, described, problems

# Mistakes that need a huge file, very many files, or none; test_limits and test_load have them.
NO_FILE = {Code.TOO_LARGE, Code.TOO_MANY_ERRORS, Code.TOO_MANY_FILES, Code.UNREADABLE_FILE}


def nodes(value: Any) -> Iterator[Any]:
    """Yield a syntax tree's nodes and the words in them."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            if field.compare:
                yield from nodes(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, Enum):
        yield value


class TestGood:
    @pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
    def test_it_is_accepted(self, file: Path) -> None:
        """A good file has no error."""
        bundle = load(file)

        assert bundle.main.file == str(file)
        assert {problem.severity for problem in bundle.warnings} <= {Severity.WARNING}

    @pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
    def test_it_survives_printing(self, file: Path) -> None:
        """The canonical text of a good file says the same."""
        program = parse_file(file)

        assert parse_text(format_program(program)) == program

    def test_every_production_is_there(self) -> None:
        """The good files together have every node of the syntax tree, and every kind, base type and qualifier."""
        wanted = {
            ast.Annotation, ast.BaseType, ast.NamedType, ast.ListOf, ast.SetOf, ast.MapOf, ast.IntValue, ast.DoubleValue,
            ast.StringValue, ast.NameValue, ast.ListValue, ast.MapValue, ast.Field, ast.TextField, ast.Include,
            ast.CppInclude, ast.Namespace, ast.OldNamespace, ast.Const, ast.Typedef, ast.EnumMember, ast.EnumDef, ast.Senum,
            ast.StructDef, ast.Function, ast.Service, ast.SandeshDef, ast.Program,
            *ast.Kind, *ast.Base, *ast.Requiredness, *ast.StructKind,
        }  # fmt: skip

        found = [node for file in GOOD for node in nodes(parse_file(file))]

        assert wanted - {node if isinstance(node, Enum) else type(node) for node in found} == set()
        for name in (
            "xsd_all",
            "xsd_optional",
            "xsd_nillable",
            "xsd_attrs",
            "oneway",
            "throws",
            "cpp_type",
            "extends",
            "doc",
        ):
            assert any(getattr(node, name, None) for node in found), name


class TestBad:
    @pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
    def test_its_one_mistake_is_found(self, file: Path) -> None:
        """A bad file has the problem that its first line tells, and no other."""
        first = file.read_text(encoding="utf-8-sig", errors="replace").split("\n", 1)[0]

        found = problems(file)

        assert [f"// {described(problem, file)}" for problem in found] == [first]

    @pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
    def test_the_mistake_is_shown(self, file: Path) -> None:
        """A rendered problem has the line of the file, and a caret below it."""
        (problem,) = problems(file)

        _, line, caret, *_ = render(problem).split("\n")

        assert line.startswith(f"{problem.span.line:>6} | ")
        assert set(caret.partition("|")[2]) == {" ", "^"}

    def test_every_code_is_there(self) -> None:
        """The bad files together have every kind of mistake that fits into a small file."""
        found = {problem.code for file in BAD for problem in problems(file)}

        assert set(Code) - found == NO_FILE
        assert len(BAD) >= 60

    def test_all_at_once(self) -> None:
        """Mistakes in different definitions are all told in one run, in the order of the text."""
        text = (
            "struct A { 1: Foo a }\n"
            "struct B { 1: i32 alarm }\n"
            "struct C { 1: i32 a 1: i32 b }\n"
            "uve sandesh D { }\n"
            'const i32 E = "x"\n'
        )

        with pytest.raises(IdlError) as caught:
            load_texts({"t.sandesh": text}, "t.sandesh")

        assert [(problem.span.line, problem.code) for problem in caught.value.errors] == [
            (1, Code.UNKNOWN_TYPE),
            (2, Code.SYNTAX),
            (3, Code.DUPLICATE_ID),
            (4, Code.DATA_MISSING),
            (5, Code.VALUE_TYPE),
        ]
