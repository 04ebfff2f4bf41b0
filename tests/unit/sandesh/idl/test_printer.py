from hypothesis import given, settings

from satark.sandesh.idl import ast, format_program, parse_text
from satark.sandesh.idl.printer import format_definition, format_type, format_value
from tests.unit.sandesh.idl.programs import definitions, programs, types, values


class TestRoundTrip:
    @settings(deadline=None, max_examples=60)
    @given(programs)
    def test_a_program_survives(self, program: ast.Program) -> None:
        """Printing any program and parsing the text gives the same program."""
        assert parse_text(format_program(program)) == program

    @settings(deadline=None, max_examples=60)
    @given(programs)
    def test_printing_is_canonical(self, program: ast.Program) -> None:
        """The text of a parsed text is that text."""
        text = format_program(program)

        assert format_program(parse_text(text)) == text

    @settings(deadline=None)
    @given(definitions)
    def test_a_definition_survives(self, definition: ast.Definition) -> None:
        """One definition alone survives as well."""
        text = f"/** */\n{format_definition(definition)}"

        assert parse_text(text).definitions == (definition,)

    @settings(deadline=None)
    @given(types)
    def test_a_type_survives(self, written: ast.Type) -> None:
        """Any type survives in a typedef."""
        (typedef,) = parse_text(f"typedef {format_type(written)} name").definitions

        assert typedef == ast.Typedef("name", written)

    @settings(deadline=None)
    @given(values)
    def test_a_value_survives(self, written: ast.Value) -> None:
        """Any value survives in a constant, doubles to the last bit."""
        (const,) = parse_text(f"const i32 name = {format_value(written)}").definitions

        assert const == ast.Const("name", ast.BaseType(ast.Base.I32), written)


class TestLayout:
    def test_nothing_is_nothing(self) -> None:
        """The empty program is the empty text."""
        assert format_program(parse_text("")) == ""

    def test_one_layout(self) -> None:
        """Separators, quotes and spaces of the author make no difference."""
        text = """
            namespace py  a.b ; struct"""
        text = (
            text.replace(" ;", "")
            + " S{1:optional map<string,i32>m=  {'a':1};2:required i32 n(b='c' d=\"e\")}(period='60')"
        )

        assert format_program(parse_text(text)) == (
            "namespace py a.b\n"
            "\n"
            "struct S {\n"
            '    1: optional map<string, i32> m = {"a": 1}\n'
            '    2: required i32 n (b="c", d="e")\n'
            '} (period="60")\n'
        )

    def test_program_doc(self) -> None:
        """The file's own comment stays the file's own, also before a definition without one."""
        text = "/**\n * of the file\n */\n/** */\n\nstruct S {\n}\n"

        program = parse_text(text)

        assert (program.doc, program.definitions[0].doc) == ("of the file", None)
        assert format_program(program) == text
