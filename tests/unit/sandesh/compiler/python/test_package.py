import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from satark.sandesh.compiler.python.package import files
from satark.sandesh.compiler.units import bundle_of
from satark.sandesh.idl import IdlError, load_texts
from satark.sandesh.types import BASE_NAMES, Base, Enumeration, Hint, Kind, MessageLayout
from tests.unit.sandesh.compiler.programs import everything, imported, program, save, texts


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The generated package of the program with everything."""
    bundle = everything()
    generated = {path: text for unit in bundle.units for path, text in files(bundle_of(unit), {}).items()}
    return imported(generated, tmp_path_factory.mktemp("generated"), "acme.everything")


def layout(package: Any, name: str) -> MessageLayout:
    """The layout of a generated class."""
    found = getattr(package, name).__sandesh__
    assert isinstance(found, MessageLayout)
    return found


class TestClasses:
    def test_fields_are_typed_attributes_that_start_unset(self, package: Any) -> None:
        """An object holds what it was given and None for the rest."""
        value = package.Scalars(f_ipaddr=ip_address("::1"), f_enum=package.Colour.BLUE)

        assert (value.f_ipaddr, value.f_enum, value.f_bool) == (ip_address("::1"), 6, None)

    def test_declared_defaults_are_used(self, package: Any) -> None:
        """A default is there from the beginning, a mutable one in each object anew."""
        one, other = package.Defaults(), package.Defaults()
        one.numbers.append(3)

        assert (one.number, one.text, one.colour, one.limit) == (7, "it's", package.Colour.BLUE, 16)
        assert (one.numbers, other.numbers, other.words) == ([1, 2, 3], [1, 2], {"x"})

    def test_objects_compare_by_value(self, package: Any) -> None:
        """Two objects that say the same are equal."""
        assert package.Either(left="x") == package.Either(left="x")

    def test_nothing_else_can_be_set(self, package: Any) -> None:
        """A misspelt field is an error at once."""
        with pytest.raises(AttributeError):
            package.Either().lefft = "x"

    def test_names_of_python_get_an_underscore(self, package: Any) -> None:
        """The attribute differs, the name on the wire does not."""
        pairs = {each.name: each.attribute for each in package.Awkward.__sandesh__.fields}

        assert pairs["from"] == "from_"
        assert pairs == {
            **{name: f"{name}_" for name in ("from", "None", "str", "dict", "Either", "async")},
            "__secret": "secret_",
            "dataclasses": "dataclasses",
        }

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ("1: ipaddr ip_address", "ip_address"),
            ('1: ipaddr ip_address = "::1"', "ip_address_"),
            ("1: string UUID", "UUID"),
            ("1: string UUID 2: ct_uuid_t id", "UUID_"),
            ("1: i32 Other", "Other"),
            ("1: i32 Other 2: list<Other> others", "Other_"),
            ("1: i32 dataclasses 2: i32 number = 5", "dataclasses"),
            ("1: i32 dataclasses 2: list<i32> numbers = [5]", "dataclasses_"),
            ("1: i32 tuple 2: map<Other, i32> pairs", "tuple_"),
        ],
    )
    def test_only_what_hides_something_gets_one(self, fields: str, expected: str) -> None:
        """A field is renamed if its own class looks up that name, and not because the module has it."""
        bundle = program(f"struct Other {{ 1: i32 a }}\nstruct S {{ {fields} }}\n")
        text = files(bundle, {})["t/definitions.py"]

        assert f"\n    {expected}: " in text

    def test_every_base_type_is_described(self, package: Any) -> None:
        """The descriptors name the types as they are on the wire."""
        types = {each.type.name for each in package.Scalars.__sandesh__.fields if isinstance(each.type, Base)}

        assert types == set(BASE_NAMES)

    def test_types_of_included_files_are_theirs(self, package: Any) -> None:
        """A type of another file is imported from that file's package."""
        field = next(each for each in package.Scalars.__sandesh__.fields if each.name == "f_included")

        assert field.type.resolve().__module__ == "acme.common.definitions"


class TestMessages:
    def test_fields_are_in_the_order_of_their_ids(self, package: Any) -> None:
        """The automatic fields of a log are first, as the Python original sends them."""
        assert [each.id for each in layout(package, "EverythingLog").fields] == [-32768, -32767, -1, 1, 2, 3, 5]

    def test_constant_texts_are_no_attributes(self, package: Any) -> None:
        """A literal is in the layout, not in the object."""
        fields = {each.name: each.constant for each in layout(package, "EverythingLog").fields}

        assert (fields["str1"], fields["str_1"], fields["what"]) == ("it was", "at", None)
        assert not hasattr(package.EverythingLog(), "str1")

    @pytest.mark.parametrize("kind", Kind)
    def test_every_kind_is_what_it_is(self, package: Any, kind: Kind) -> None:
        """The layout has the kind of the definition."""
        assert any(each.__sandesh__.kind is kind for each in package.registry.MESSAGES.values())

    def test_a_key_is_a_hint(self, package: Any) -> None:
        """Messages with a key say so in their hints."""
        assert (layout(package, "ThingLog").hints, layout(package, "ThingTrace").hints) == (Hint.KEY, Hint.NONE)

    def test_annotations_are_kept(self, package: Any) -> None:
        """Annotations of fields go out on the wire, so the layout has them."""
        stats = next(each for each in package.ThingState.__sandesh__.fields if each.name == "by_peer")

        assert (dict(stats.annotations), stats.optional) == ({"tags": ".__key,.peer"}, True)

    def test_annotations_of_structs_are_kept(self, package: Any) -> None:
        """The layout says how often the library sends a struct."""
        assert dict(package.ThingState.__sandesh__.annotations) == {"period": "60"}

    def test_a_uve_has_a_table(self, package: Any) -> None:
        """The table can be given at run time."""
        uve = package.ThingUve(data=package.ThingState(name="x"), table="ObjectOther")

        assert (uve.table, uve.data.name) == ("ObjectOther", "x")

    def test_a_response_has_more(self, package: Any) -> None:
        """The automatic field of responses has the id 0."""
        assert next((each.id, each.name) for each in layout(package, "ThingResponse").fields) == (0, "more")


class TestConstants:
    def test_they_have_their_values(self, package: Any) -> None:
        """Constants are Python values that cannot be changed by mistake."""
        assert (package.PROBE_NAME, package.PROBE_LIMIT, package.PROBE_ON) == ('prob"e', 16, True)
        assert (package.PROBE_RATIO, package.PROBE_COLOUR, package.PROBE_PORT) == (1.0, 5, 8086)
        assert (package.PROBE_LIST, package.PROBE_SET) == (("a", "b"), frozenset({1, 2, 3}))
        assert package.PROBE_STRUCT == package.Defaults(number=8, numbers=[4])
        with pytest.raises(TypeError):
            package.PROBE_NESTED["one"] = ()

    def test_enums_keep_their_numbers(self, package: Any) -> None:
        """A member that hides an attribute of numbers gets an underscore."""
        assert issubclass(package.Colour, Enumeration)
        assert [(each.name, each.value) for each in package.Colour] == [
            ("RED", 0),
            ("GREEN", 5),
            ("BLUE", 6),
            ("real_", 7),
        ]


class TestRegistry:
    def test_it_finds_messages_by_name(self, package: Any) -> None:
        """Every message is found, and those of some kinds by themselves."""
        registry = package.registry

        assert (set(registry.REQUESTS), set(registry.ALARMS)) == ({"ThingRequest", "EmptyRequest"}, {"ThingAlarm"})
        assert registry.UVES == {"ThingUve": package.ThingUve, "AnyThingUve": package.AnyThingUve}
        assert len(registry.MESSAGES) == 13


class TestText:
    def test_it_needs_no_compiler(self, tmp_path: Path) -> None:
        """A process that imports generated code loads neither the compiler nor a parser."""
        bundle = everything()
        for unit in bundle.units:
            save(files(bundle_of(unit), {}), tmp_path)
        code = (
            "import sys, acme.everything\n"
            "bad = [m for m in sys.modules if m.startswith(('lark', 'lxml', 'aiohttp', 'satark.sandesh.'))]\n"
            "print(*sorted(m for m in bad if not m.startswith('satark.sandesh.types')))\n"
        )

        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

        assert done.stdout == "\n"

    def test_it_is_the_same_every_time(self) -> None:
        """The text depends on the definition alone."""
        first, second = files(everything(), {}), files(everything(), {})

        assert first == second
        assert list(first) == [
            f"acme/everything/{name}" for name in ("__init__.py", "definitions.py", "registry.py", "py.typed")
        ]

    def test_packages_go_below_a_package(self) -> None:
        """The option `package` is in front of every path and import."""
        generated = files(everything(), {"package": "our.own"})

        assert "our/own/acme/everything/definitions.py" in generated
        assert "from our.own.acme import common" in generated["our/own/acme/everything/definitions.py"]

    def test_a_module_of_the_standard_library_is_not_hidden(self) -> None:
        """A file called like one gets an underscore, because Python would find the other."""
        bundle = program("", io="const i32 X = 1")

        assert set(files(bundle, {})) >= {"t/__init__.py"}
        assert set(files(load_io(), {})) == {
            f"io_/{name}" for name in ("__init__.py", "definitions.py", "registry.py", "py.typed")
        }

    def test_an_empty_file_is_an_empty_package(self, tmp_path: Path) -> None:
        """A program without definitions is a package without names."""
        assert imported(files(program(""), {}), tmp_path, "t").__all__ == ["registry"]

    def test_types_come_through_typedefs_of_others(self, tmp_path: Path) -> None:
        """A typedef may lead to a file that is not included directly."""
        bundle = load_texts(
            {
                "a.sandesh": "struct S { 1: i32 x }",
                "b.sandesh": 'include "a.sandesh"\ntypedef list<a.S> L',
                "c.sandesh": 'include "b.sandesh"\nstruct T { 1: b.L s }\n',
            },
            "c.sandesh",
        )
        generated = {path: text for unit in bundle.units for path, text in files(bundle_of(unit), {}).items()}

        module = imported(generated, tmp_path, "c")

        assert module.T(s=[]).__sandesh__.fields[0].type.element.resolve().__module__ == "a.definitions"


def load_io() -> Any:
    """A program in a file called like a module of the standard library."""
    return load_texts({"io.sandesh": "const i32 X = 1"}, "io.sandesh")


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(texts())
def test_every_legal_program_becomes_python(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever the checker accepts compiles to a package that imports, with every message in its registry."""
    try:
        bundle = program(text)
    except IdlError:
        return
    package = imported(files(bundle, {}), tmp_path_factory.mktemp("any"), "t")

    assert set(package.registry.MESSAGES) == {each.name for each in bundle.main.messages}
    for message in package.registry.MESSAGES.values():
        assert all(
            getattr(message(), each.attribute) is None for each in message.__sandesh__.fields if each.constant is None
        )


@pytest.mark.parametrize(
    ("namespace", "blank"), [("acme", True), ("satark.agents", False)], ids=["foreign", "of the same name"]
)
def test_imports_are_in_groups(namespace: str, blank: bool) -> None:
    """Packages in the library's namespace are imported with it, all others after a blank line."""
    text = f'include "inc.sandesh"\nnamespace py {namespace}.own\nsystemlog sandesh A {{ 1: inc.T t }}\n'
    made = files(program(text, inc=f"namespace py {namespace}.inc\nstruct T {{ 1: i32 a }}\n"), {})
    folder = namespace.replace(".", "/")
    gap = "\n\n" if blank else "\n"
    first, second = "from satark.sandesh import types as sandesh", f"from {namespace} import inc"
    both = gap.join((first, second) if blank else sorted((first, second)))

    assert f"\n\n{both}\n\n" in made[f"{folder}/own/definitions.py"]
