import pytest

from satark.sandesh.idl import Code, IdlError, Options, Unit, load, load_texts, model
from satark.sandesh.idl.ast import Base, Requiredness
from satark.sandesh.idl.model import type_name
from tests.unit.sandesh.idl.corpus import GOOD

FILES = {file.stem: file for file in GOOD}


def unit(text: str, options: Options | None = None) -> Unit:
    """Return the checked text."""
    return load_texts({"t.sandesh": text}, "t.sandesh", options).main


def plain(value: model.Value) -> object:
    """Return a computed value as Python's own."""
    match value:
        case model.EnumValue():
            return f"{value.enumeration.name}.{value.member.name}"
        case model.ItemsValue(items=items):
            return [plain(item) for item in items]
        case model.EntriesValue(entries=entries):
            return {plain(key): plain(item) for key, item in entries}
        case model.StructValue(fields=fields):
            return {name: plain(item) for name, item in fields}
        case _:
            return value


class TestIds:
    def test_automatic_fields(self) -> None:
        """Logs and traces get file and line, responses more, behind their own fields; other kinds get nothing."""
        found = {message.kind.value: [(f.id, f.name) for f in message.fields if f.automatic] for message in load(
            FILES["messages"],
        ).main.messages}  # fmt: skip

        lines = [(-32768, "file"), (-32767, "line")]
        assert found == {
            "systemlog": lines,
            "objectlog": lines,
            "trace": lines,
            "traceobject": lines,
            "response": [(0, "more")],
            "flowlog": [],
            "sessionlog": [],
            "request": [],
            "buffer": [],
        }

    def test_missing_and_illegal_ids(self) -> None:
        """Fields without an id, or with one below 1, get -1, -2 and so on in the order of the text."""
        implicit, log = load(FILES["without_ids"]).main.structs[0], load(FILES["without_ids"]).main.messages[0]

        assert [(f.id, f.name) for f in implicit.fields] == [
            (-1, "first"),
            (-2, "second"),
            (-3, "third"),
            (5, "fifth"),
            (-4, "last"),
        ]
        assert [(f.id, f.name, f.text) for f in log.own_fields] == [
            (-1, "str_1", "text"),
            (-2, "what", None),
            (-3, "str_3", "more text"),
        ]

    def test_negative_ids_on_request(self) -> None:
        """With that option ids below 1 are taken as they are, and fields without one go on below them."""
        (struct,) = unit(
            "struct S { -3: i32 a i32 b 0: i32 c 5: i32 d i32 e }", Options(allow_negative_ids=True)
        ).structs

        assert [field.id for field in struct.fields] == [-3, -4, 0, 5, -5]

    def test_strict(self) -> None:
        """With that option a missing id is an error, and one that another is taken for."""
        with pytest.raises(IdlError) as caught:
            unit("struct S { i32 a 0: i32 b }", Options(strict=True))

        assert [each.code for each in caught.value.errors] == [Code.IMPLICIT_ID, Code.NONPOSITIVE_ID]

    def test_an_automatic_id_is_taken(self) -> None:
        """The ids of automatic fields cannot be used by others."""
        with pytest.raises(IdlError) as caught:
            unit("systemlog sandesh A { -32768: i32 a }", Options(allow_negative_ids=True))

        assert caught.value.code is Code.DUPLICATE_ID


class TestTypes:
    def test_names_are_resolved(self) -> None:
        """Typedefs are gone, and includes lead to the definitions of other files."""
        bundle = load(FILES["includes"])
        uses = bundle.main.structs[0]

        assert [(f.name, type_name(f.type)) for f in uses.fields] == [
            ("shared", "Shared"),
            ("deep", "list<Deepest>"),
            ("name", "string"),
            ("level", "Level"),
        ]
        shared = uses.fields[0].type
        assert isinstance(shared, model.StructType)
        assert shared.struct is bundle.main.includes["common"].find("Shared")
        assert shared.struct.module == "common"

    def test_type_names(self) -> None:
        """Every type can be said in words."""
        found = load(FILES["messages"]).main.messages[0]
        (struct,) = unit("enum E { A } struct S { 1: map<string, set<E>> a }").structs

        assert [type_name(field.type) for field in (*found.fields[:2], *struct.fields)] == [
            "constant text",
            "string",
            "map<string, set<E>>",
        ]

    def test_senum_is_a_string(self) -> None:
        """A senum is another name for string."""
        found = unit('senum E { "a" } struct S { 1: E a }')

        assert found.structs[0].fields[0].type == model.ScalarType(Base.STRING)
        assert [typedef.name for typedef in found.typedefs] == ["E"]

    def test_fields_keep_what_is_written(self) -> None:
        """Requiredness, default value, doc comment and annotations in alphabetical order."""
        (struct,) = unit('struct S { /** d */ 1: optional i32 a = 5 (tags="", key="T") 2: required string b }').structs
        first, second = struct.fields

        assert (first.optional, first.default, first.doc, list(first.annotations.items())) == (
            True,
            5,
            "d",
            [("key", "T"), ("tags", "")],
        )
        assert second.requiredness is Requiredness.REQUIRED

    def test_enum_values(self) -> None:
        """A member follows the one before it; the first is 0."""
        mixed = load(FILES["enums"]).main.enums[1]

        assert [member.value for member in mixed.members] == [0, 1, 5, 6, 5, 16, -1, 1]
        found = mixed.valued(5)
        assert found is not None
        assert found.name == "FIVE"


class TestMessages:
    def test_key_hint(self) -> None:
        """A message has the hint when it has a key anywhere, also in a list of structs."""
        hints = {message.name: message.has_key for message in load(FILES["key_hints"]).main.messages}

        assert hints == {"Direct": True, "Nested": True, "Listed": True, "Without": False}

    def test_data(self) -> None:
        """A uve, dynamicuve or alarm knows its data struct; other kinds have none."""
        uves = {message.name: message.data for message in load(FILES["uves"]).main.messages}
        others = [message.data for message in load(FILES["messages"]).main.messages]

        assert {name: data and data.name for name, data in uves.items()} == {
            "MachineTrace": "Machine",
            "AnyTableTrace": "AnyTable",
            "SettingsTrace": "Settings",
            "AlarmsTrace": "Alarms",
        }
        assert set(others) == {None}

    def test_tags(self) -> None:
        """The tags of its doc comment are at hand."""
        assert load(FILES["comments"]).main.messages[0].tags == {
            "severity": "ERROR",
            "description": "the last one counts\nover two lines",
        }

    def test_namespaces(self) -> None:
        """The namespace of a language is its own, or that of all."""
        headers = load(FILES["headers"]).main

        assert [headers.namespace(language) for language in ("py", "cpp", "java")] == [
            "analytics.headers",
            "analytics",
            "everywhere",
        ]
        assert unit("").namespace("py") is None


class TestValues:
    def test_constants(self) -> None:
        """Every constant has the value that its type makes of it."""
        found = {constant.name: plain(constant.value) for constant in load(FILES["constants"]).main.constants}

        assert found["FROM_MEMBER"] == 5
        assert (found["FROM_INTEGER"], type(found["FROM_INTEGER"])) == (1.0, float)
        assert [found[name] for name in ("BY_NAME", "BY_VALUE", "BY_CONSTANT")] == [
            "Colour.BLUE",
            "Colour.GREEN",
            "Colour.BLUE",
        ]
        assert found["NUMBERS"] == found["AGAIN"] == [1, 2, 3, 4]
        assert found["NAMES"] == {"Colour.RED": "red", "Colour.GREEN": "green", "Colour.BLUE": "blue"}
        assert found["POINTS"] == [{"x": 0, "colour": "Colour.RED", "names": ["o"]}, {"x": 1}]
        assert found["BY_WORD"] == {}

    def test_literals(self) -> None:
        """Literals are what they say."""
        found = {constant.name: constant.value for constant in load(FILES["literals"]).main.constants}

        assert found == {
            "DECIMAL": -42, "POSITIVE": 42, "HEX": 255, "ZEROS": 7, "LARGEST": 2**64 - 1, "SMALLEST": -(2**63),
            "YES": True, "NO": False, "ONE": True, "SIMPLE": 1.5, "WHOLE": 3.0, "FRACTION": 0.5, "SIGNED": -0.25,
            "EXPONENT": 6000.0, "BOTH": 0.00125, "DOUBLE_QUOTES": "it's", "SINGLE_QUOTES": 'say "hi"',
            "ESCAPES": "\r\n\t\"'\\", "UNICODE": "café €", "EMPTY": "", "NOT_A_COMMENT": "// /* # */",
        }  # fmt: skip
        assert found["ONE"] is True

    def test_what_repeats(self) -> None:
        """Of two equal keys the last counts, of two equal elements one stays; enums and structs are compared too."""
        found = unit(
            "enum E { A B = 0 } struct P { 1: i32 a }"
            'const map<E, i32> M = {E.A: 1, E.B: 2} const set<P> S = [{"a": 1}, {"a": 1}]'
            "const set<list<map<i32, i32>>> L = [[{1: 2}], [{1: 2}]]",
        )

        assert [plain(constant.value) for constant in found.constants] == [{"E.B": 2}, [{"a": 1}], [[{1: 2}]]]

    def test_a_constant_of_a_wider_type(self) -> None:
        """A constant of containers is made into another type when every part of it can be."""
        found = unit(
            "const map<i16, list<byte>> A = {1: [2]} const map<i64, list<double>> B = A const list<i32> C = [1, 1] const set<i32> D = C",
        )

        assert [plain(constant.value) for constant in found.constants] == [{1: [2]}, {1: [2.0]}, [1, 1], [1]]

    def test_64_bit_on_request(self) -> None:
        """With that option large constants are no warning."""
        text = {"t": "const i64 A = 123456789012"}

        assert load_texts(text, "t", Options(allow_64_bit=True)).warnings == ()

    @pytest.mark.parametrize(
        ("const", "hint"),
        [
            ("bool A = 'x'", "write true or false"),
            ("i32 A = 1.5", "write a whole number"),
            ("double A = 'x'", "write a number"),
            ("string A = 1", "write text in quotes"),
            ("ipaddr A = 1", "write text in quotes"),
            ("list<i32> A = 1", "write [value, value]"),
            ("map<i32, i32> A = []", "write {key: value, key: value}"),
            ("P A = [1]", 'write {"field": value, "field": value}'),
            ("E A = 'A'", "write one of its members: E.NAME"),
        ],
    )
    def test_what_to_write_instead(self, const: str, hint: str) -> None:
        """A value that is not of its type is told together with what would be."""
        with pytest.raises(IdlError) as caught:
            unit(f"enum E {{ A }} struct P {{ 1: i32 a }} const {const}")

        assert (caught.value.code, caught.value.first.hint) == (Code.VALUE_TYPE, hint)

    def test_a_struct_of_another_name(self) -> None:
        """A constant of one struct is none of another, even if they look alike."""
        with pytest.raises(IdlError) as caught:
            unit('struct P { 1: i32 a } struct Q { 1: i32 a } const P A = {"a": 1} const Q B = A')

        assert caught.value.code is Code.VALUE_TYPE


class TestServices:
    def test_they_are_kept_as_written(self) -> None:
        """Services are checked and kept, and are no definitions."""
        found = load(FILES["services"]).main

        assert [service.name for service in found.services] == ["Base", "Empty", "Full"]
        assert [definition.name for definition in found.definitions] == ["Broken"]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("service S { Foo f() }", Code.UNKNOWN_TYPE),
            ("service S { void f(1: i32 a 1: i32 b) }", Code.DUPLICATE_ID),
            ("service S { void f() throws (1: Foo a) }", Code.UNKNOWN_TYPE),
            ("service S { void a.b() }", Code.DOTTED_NAME),
            ("service S extends i.T { }", Code.UNKNOWN_SERVICE),
            ("struct S { 1: string a xsd_attrs { 1: Foo b } }", Code.UNKNOWN_TYPE),
        ],
    )
    def test_mistakes_in_them(self, text: str, code: Code) -> None:
        """What has no use in Sandesh must still be right."""
        with pytest.raises(IdlError) as caught:
            unit(text)

        assert caught.value.code is code
