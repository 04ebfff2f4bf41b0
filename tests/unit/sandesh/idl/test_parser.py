import pytest

from satark.sandesh.idl import Code, IdlError, Span, ast, parse_text


def first(text: str) -> ast.Definition:
    """Return the first definition of a text."""
    return parse_text(text, "f").definitions[0]


def mistakes(text: str) -> list[tuple[int, int, Code]]:
    """Return line, column and kind of every error in a text."""
    with pytest.raises(IdlError) as caught:
        parse_text(text, "f")
    return [(problem.span.line, problem.span.column, problem.code) for problem in caught.value.errors]


class TestPlaces:
    def test_a_definition(self) -> None:
        """A definition spans from its first word to its last bracket; its name has a place of its own."""
        definition = first('\n  struct S {\n    1: i32 a\n  } (x="y")\nstruct T {}')

        assert definition.span == Span("f", 2, 3, 4, 12)
        assert definition.name_span == Span("f", 2, 10, 2, 11)

    def test_a_field(self) -> None:
        """A field spans from its id to its annotations, without the separator."""
        struct = first('struct S { 1: optional list<i32> a = [1] (k="v"), }')

        assert isinstance(struct, ast.StructDef)
        (field,) = struct.fields
        assert (field.span, field.name_span) == (Span("f", 1, 12, 1, 49), Span("f", 1, 34, 1, 35))
        assert field.type.span == Span("f", 1, 24, 1, 33)
        assert field.annotations[0].span == Span("f", 1, 43, 1, 48)
        assert field.default is not None
        assert field.default.span == Span("f", 1, 38, 1, 41)

    def test_places_are_not_compared(self) -> None:
        """Two trees that say the same are equal, wherever it was written."""
        assert parse_text("struct S {}", "a") == parse_text("\n\nstruct S {\n}", "b")

    def test_windows_line_ends(self) -> None:
        """CR LF is one line end."""
        assert first("// a\r\nstruct S {}\r\n").span == Span("f", 2, 1, 2, 12)


class TestDocs:
    @pytest.mark.parametrize(
        ("text", "doc", "program"),
        [
            ("/** a */ struct S {}", "a", None),
            ("/** a */ /** b */ struct S {}", "b", "a"),
            ("/** a */ /** b */ /** c */ struct S {}", "c", "a"),
            ("/** a */ namespace py x struct S {}", None, "a"),
            ("/** a */ namespace py x /** b */ struct S {}", "b", "a"),
            ("namespace py x /** b */ struct S {}", "b", None),
            ("/** a */ /** */ struct S {}", None, "a"),
            ("/* a */ /***/ /**/ struct S {}", None, None),
            ("/** a */ // b\n/* c */ struct S {}", "a", None),
            ("struct S {} /** a */", None, None),
            ("struct /** a */ S {}", None, None),
            ("/**\n * @a: b\n *\n *   c\n */ struct S {}", "@a: b\n\n  c", None),
        ],
    )
    def test_whose_it_is(self, text: str, doc: str | None, program: str | None) -> None:
        """A doc comment is that of what follows; the first is the file's if a header or another one follows."""
        parsed = parse_text(text)

        assert (parsed.definitions[0].doc, parsed.doc) == (doc, program)

    def test_inside(self) -> None:
        """Fields, constant texts, members and functions have their own."""
        parsed = parse_text(
            "systemlog sandesh A { /** f */ 1: i32 a /** t */ 2: 'x' } enum E { /** m */ A } service S { /** s */ void f() }",
        )

        log, enum, service = parsed.definitions
        assert isinstance(log, ast.SandeshDef)
        assert isinstance(enum, ast.EnumDef)
        assert isinstance(service, ast.Service)
        assert [each.doc for each in (*log.fields, *enum.members, *service.functions)] == ["f", "t", "m", "s"]


class TestRecovery:
    def test_neighbours_are_whole(self) -> None:
        """A mistake costs its own definition and no other."""
        text = "struct A { 1: }\nstruct B { 1: i32 }\nstruct C { x }\n"

        assert mistakes(text) == [(1, 15, Code.SYNTAX), (2, 19, Code.SYNTAX), (3, 14, Code.SYNTAX)]

    def test_an_open_bracket(self) -> None:
        """A definition that is not closed ends where the next begins."""
        assert mistakes("struct A { 1: i32 a\nenum B { C, D\nconst i32 = 5\n") == [
            (2, 1, Code.SYNTAX),
            (3, 1, Code.SYNTAX),
            (3, 11, Code.SYNTAX),
        ]

    def test_a_text_that_does_not_end(self) -> None:
        """It ends with its line, and is told once."""
        assert mistakes("const string A = \"x\nconst string B = 5\nconst string C = '") == [
            (1, 18, Code.OPEN_STRING),
            (3, 18, Code.OPEN_STRING),
        ]

    def test_the_innermost_bracket_is_named(self) -> None:
        """Of several open brackets the last is the one to close."""
        with pytest.raises(IdlError) as caught:
            parse_text('struct A {\n1: list<i32> (a="b"\n')

        assert caught.value.first.hint == "the ( of line 2 is never closed"

    def test_characters_in_a_row(self) -> None:
        """Strange characters and reserved words are told one by one, and cost no syntax error."""
        assert mistakes("struct A { 1: i32 ä }\nstruct class { 1: i32 end }") == [
            (1, 19, Code.STRANGE_CHARACTER),
            (2, 8, Code.RESERVED_WORD),
            (2, 23, Code.RESERVED_WORD),
        ]


class TestWords:
    @pytest.mark.parametrize(
        "word",
        [
            "listx",
            "maps",
            "i32_",
            "structs",
            "uve1",
            "trueish",
            "set.of",
            "request.Type",
            "Struct",
            "optionally",
            "x.list",
        ],
    )
    def test_a_longer_word_is_a_name(self, word: str) -> None:
        """A word that only begins like one of the language is a name."""
        assert first(f"struct {word} {{}}").name == word

    @pytest.mark.parametrize(
        "word", ["list", "i32", "uve", "true", "xsd_all", "abcfunction", "py_module", "sandesh", "void"]
    )
    def test_a_word_of_the_language_is_none(self, word: str) -> None:
        """A word of the language names nothing, in no place."""
        assert mistakes(f"struct {word} {{}}")[0][2] is Code.SYNTAX
        assert mistakes(f"struct S {{ 1: i32 {word} }}")[0][2] is Code.SYNTAX
