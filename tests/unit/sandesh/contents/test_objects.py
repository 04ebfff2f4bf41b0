import pytest

from satark.sandesh.contents import MAX_OBJECTS, object_keys
from satark.sandesh.types import Hint, SandeshType
from satark.sandesh.wire.tree import Node, StructValue, Tree
from tests.unit.sandesh.contents.receive import NAME, received, text, uve


def keys(fields: str) -> list[str]:
    """The objects in a log of these fields."""
    found = object_keys(received(f'<Log type="sandesh">{fields}</Log>', SandeshType.OBJECT))

    assert all(str(each) == f"{each.table}:{each.name}" for each in found)
    return [str(each) for each in found]


def struct(fields: str, name: str = "s") -> str:
    """A field that is a struct."""
    return f'<{name} type="struct"><S>{fields}</S></{name}>'


def listed(*structs: str) -> str:
    """A field that is a list of structs."""
    items = "".join(f"<S>{each}</S>" for each in structs)
    return f'<l type="list"><list type="struct" size="{len(structs)}">{items}</list></l>'


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(text("vm", "1", key="VM") + text("vn", "2", key="VN"), ["VM:1", "VN:2"], id="two tables"),
        pytest.param(text("a", "1", key="T") + text("b", "2", key="T"), ["T:1:2"], id="one table, one level"),
        pytest.param(text("a", "1", key="T") + struct(text("b", "2", key="T")), ["T:1", "T:2"], id="two levels"),
        pytest.param(listed(text("a", "1", key="T"), text("a", "2", key="T")), ["T:1", "T:2"], id="elements of a list"),
        pytest.param(listed(text("a", "1", key="T"), text("a", "1", key="T")), ["T:1"], id="each object once"),
        pytest.param(struct(listed(struct(text("a", "1", key="T")))), ["T:1"], id="deep"),
        pytest.param(
            '<m type="map"><map key="string" value="struct" size="1"><element>k</element>'
            f"<S>{text('a', '1', key='T')}</S></map></m>",
            ["T:1"],
            id="values of a map",
        ),
        pytest.param(
            '<m type="map"><map key="struct" value="i32" size="1">'
            f"<S>{text('a', '1', key='T')}</S><element>1</element></map></m>",
            ["T:1"],
            id="keys of a map",
        ),
        pytest.param(
            struct(struct(text("a", "inner", key="T")) + text("b", "outer", key="T")),
            ["T:outer", "T:inner"],
            id="outer",
        ),
        pytest.param(text("a", "x:y", key="T"), ["T:x:y"], id="colons in names stay"),
        pytest.param('<a type="i32" key="T">7</a>', ["T:7"], id="numbers name as well"),
        pytest.param(text("a", "1"), [], id="no key"),
        pytest.param(text("a", "1", key=""), [], id="an empty key"),
        pytest.param('<a key="T">1</a>', [], id="no type"),
        pytest.param(text("a", "", key="T"), [], id="an empty name"),
        pytest.param(text("a", "", key="T") + text("b", "2", key="T"), ["T::2"], id="an empty part"),
        pytest.param(text("a", "1", key="T:U"), [], id="a table with a colon"),
        pytest.param(text("a", "x" * 3000, key="T"), [], id="a name too long"),
        pytest.param('<a type="struct" key="T"><S/></a>', [], id="a struct names nothing"),
        pytest.param(
            '<a type="struct" key="T"><S><b type="string" key="U">1</b></S></a>', ["U:1"], id="but what is in it does"
        ),
        pytest.param(
            '<l type="list" key="T"><list type="string" size="1"><element>1</element></list></l>', [], id="nor a list"
        ),
    ],
)
def test_fields_with_a_key_name_objects(fields: str, expected: list[str]) -> None:
    """At every level of a message, the outer ones first."""
    assert expected == keys(fields)


@pytest.mark.parametrize("hints", [Hint.NONE, Hint.KEY, Hint.KEY | Hint.SYNC])
def test_the_hint_is_not_asked_for(hints: Hint) -> None:
    """Compilers do not set it for structs in lists, and such messages would be found by nobody."""
    assert ["ObjectVNTable:vn1"] == [str(each) for each in object_keys(uve(NAME, hints=hints))]


def test_objects_are_bounded() -> None:
    """The first ones are told."""
    found = keys(listed(*(text("a", str(at), key="T") for at in range(1000))))

    assert [f"T:{at}" for at in range(MAX_OBJECTS)] == found


def test_tables_of_one_level_are_bounded() -> None:
    """Also when each field has one of its own."""
    assert MAX_OBJECTS == len(keys("".join(text("a", "x", key=f"T{at}") for at in range(1000))))


def test_depth_does_not_matter() -> None:
    """Nothing is called for each level."""
    node = Node("a", "string", "", "deep", {"key": "T"})
    for _ in range(5000):
        node = Node("s", "struct", "", StructValue("S", [node]))

    assert ["T:deep"] == [str(each) for each in object_keys(received(Tree("Log", [node])))]
