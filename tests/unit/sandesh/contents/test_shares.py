import pytest

from satark.sandesh.contents import ContentError, Share, share_of
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.tree import ListValue, Node, StructValue
from tests.unit.sandesh.contents.receive import NAME, received, text, uve

COUNT = '<n type="i32" identifier="3" aggtype="sum">4</n>'


def share(fields: str) -> Share:
    """The share in a UVE of these fields."""
    found = share_of(uve(fields))

    assert found is not None
    return found


class TestKey:
    @pytest.mark.parametrize(
        ("fields", "table", "name"),
        [
            pytest.param(NAME, "ObjectVNTable", "vn1", id="one key field"),
            pytest.param(text("a", "x", key="T") + text("b", "y", key="T"), "T", "x:y", id="two are joined"),
            pytest.param(text("a", "x", key="T") + text("b", "y", key="U"), "T", "x:y", id="the first one's table"),
            pytest.param(text("b", "y", key="T") + COUNT + text("a", "x", key="T"), "T", "y:x", id="in the order sent"),
            pytest.param(text("a", "", key="T") + text("b", "y", key="T"), "T", ":y", id="a part may be empty"),
            pytest.param(text("a", "x", key="") + text("b", "y", key="T"), "T", "y", id="an empty key is none"),
            pytest.param(text("a", "x:y::z", key="T"), "T", "x:y::z", id="colons in names stay"),
            pytest.param(text("a", "&lt;&amp;&gt;", key="T"), "T", "<&>", id="entities are decoded"),
            pytest.param('<a type="i32" key="T">-7</a>', "T", "-7", id="a key may be a number"),
            pytest.param(text("a", "x", key="none"), "none", "x", id="a table is taken as it was sent"),
        ],
    )
    def test_the_key_fields_are_table_and_name(self, fields: str, table: str, name: str) -> None:
        """The first key field names the table; the texts of all are the name."""
        found = share(fields)

        assert (table, name) == (found.table, found.name)
        assert f"{table}:{name}" == found.key

    def test_other_tables_that_key_fields_name_are_told(self) -> None:
        """The first one counts; there should be no others."""
        fields = "".join(text(name, "x", key=table) for name, table in zip("abcd", "TVUT", strict=True))

        assert ("U", "V") == share(fields).other_tables
        assert () == share(text("a", "x", key="T") + text("b", "y", key="T")).other_tables

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            (COUNT, "VnTrace.data.Vn: no field with a key"),
            (text("name", "vn1", key=""), "VnTrace.data.Vn: no field with a key"),
            (text("name", "", key="T"), "VnTrace.data.Vn: an empty key"),
            (text("name", "x", key="T:U"), "VnTrace.data.Vn: a table's name with a colon: 'T:U'"),
            ('<name type="struct" key="T"><S/></name>', "VnTrace.data.Vn.name: no text but a struct"),
            ('<name type="list" key="T"><list type="i32"/></name>', "VnTrace.data.Vn.name: no text but a list"),
            (NAME + '<proxy type="struct"><S/></proxy>', "VnTrace.data.Vn.proxy: no text but a struct"),
            (text("name", "x" * 2047, key="T"), f"VnTrace.data.Vn: a key of more than 2048 characters: {'x' * 40!r}"),
        ],
    )
    def test_a_uve_without_a_good_key_is_refused(self, fields: str, problem: str) -> None:
        """The error says where and what."""
        with pytest.raises(ContentError) as raised:
            share(fields)

        assert problem == str(raised.value)
        assert not raised.value.closes


class TestAttributes:
    def test_every_other_field_is_an_attribute(self) -> None:
        """Types and annotations are kept, identifiers are not, and key fields are no attributes."""
        found = share(NAME + COUNT + text("hid", "x", hidden="yes"))

        assert {
            "n": Node("n", "i32", "", "4", {"aggtype": "sum"}),
            "hid": Node("hid", "string", "", "x", {"hidden": "yes"}),
        } == dict(found.attributes)

    def test_identifiers_are_gone_at_every_level(self) -> None:
        """Structs in lists have none either."""
        found = share(
            NAME + '<l type="list" identifier="9"><list type="struct" size="1">'
            '<S><a type="i32" identifier="1">1</a></S></list></l>'
        )

        expected = ListValue("struct", [StructValue("S", [Node("a", "i32", "", "1")])], "1")
        assert expected == found.attributes["l"].value

    def test_the_later_of_two_fields_counts(self) -> None:
        """As it would if they came in two messages."""
        found = share(NAME + text("a", "first") + text("a", "second"))

        assert ["second"] == [each.value for each in found.attributes.values()]

    def test_a_uve_with_nothing_but_its_key_is_a_share(self) -> None:
        """It says that the object exists."""
        assert {} == dict(share(NAME).attributes)


class TestDeleted:
    def test_deleted_takes_everything_back(self) -> None:
        """Other fields of the same message mean nothing."""
        found = share(NAME + '<deleted type="bool">true</deleted>' + COUNT)

        assert found.deleted
        assert {} == dict(found.attributes)

    @pytest.mark.parametrize("value", ["false", "TRUE", "1", ""])
    def test_only_true_deletes(self, value: str) -> None:
        """Anything else is an attribute like any other."""
        found = share(NAME + f'<deleted type="bool">{value}</deleted>')

        assert not found.deleted
        assert ["deleted"] == list(found.attributes)


class TestProxy:
    @pytest.mark.parametrize(("proxy", "struct"), [("gw1", "Vn-gw1"), ("", "Vn-")])
    def test_a_proxy_is_part_of_the_structs_name(self, proxy: str, struct: str) -> None:
        """Even an empty one, and the attribute is kept."""
        found = share(NAME + text("proxy", proxy))

        assert (struct, "Vn", proxy) == (found.struct, found.stat, found.proxy)
        assert ["proxy"] == list(found.attributes)

    def test_without_a_proxy_the_structs_name_is_its_own(self) -> None:
        """The generator speaks for itself."""
        assert ("Vn", None) == (share(NAME).struct, share(NAME).proxy)


class TestMessages:
    @pytest.mark.parametrize("type_", [each for each in SandeshType if each not in {6, 11}])
    def test_other_messages_hold_no_share(self, type_: SandeshType) -> None:
        """Only UVEs and alarms do."""
        assert share_of(uve(NAME, type_)) is None

    def test_an_alarm_holds_a_share(self) -> None:
        """It goes the same way as a UVE."""
        found = share_of(uve(NAME, SandeshType.ALARM))

        assert found is not None
        assert "ObjectVNTable:vn1" == found.key

    @pytest.mark.parametrize(
        "body",
        [
            '<T type="sandesh"></T>',
            '<T type="sandesh"><other type="struct"><Vn/></other></T>',
            '<T type="sandesh"><data type="string">x</data></T>',
            '<T type="sandesh"><data type="list"><list type="struct"/></data></T>',
            '<T type="sandesh"><data><name type="string" key="T">x</name></data></T>',
        ],
    )
    def test_data_must_be_a_struct(self, body: str) -> None:
        """A UVE without data says nothing."""
        with pytest.raises(ContentError, match=r"^T: no struct `data`$"):
            share_of(received(body))

    def test_fields_beside_data_do_no_harm(self) -> None:
        """A newer definition may have them."""
        found = share_of(received(f'<T type="sandesh"><x type="i32">1</x><data type="struct"><V>{NAME}</V></data></T>'))

        assert found is not None
        assert ("T", "V") == (found.message, found.stat)
