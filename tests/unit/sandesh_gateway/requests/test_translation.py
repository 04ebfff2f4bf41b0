import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.wire.generic import decode_tree, encode_tree
from satark.sandesh.wire.tree import SCALARS
from satark.sandesh_gateway.requests.translation import BadRequestError, tree_of
from satark.schemas.requests import Argument
from tests.unit.sandesh_gateway.requests.questions import request

GOOD = [
    ("bool", "true"),
    ("byte", "-128"),
    ("i16", "32767"),
    ("i32", "-2147483648"),
    ("i64", "9223372036854775807"),
    ("u16", "65535"),
    ("u32", "0"),
    ("u64", "18446744073709551615"),
    ("double", "-1.5e-3"),
    ("string", "a < 'b' & c"),
    ("xml", "<a/>"),
    ("ipv4", "167838211"),
    ("ipaddr", "fe80::1"),
    ("uuid_t", "11223344-5566-7788-99aa-bbccddeeff00"),
]
BAD = [
    ("bool", "TRUE"),
    ("byte", "128"),
    ("i32", "2147483648"),
    ("i32", "1.0"),
    ("i32", ""),
    ("i32", "\u0661"),
    ("u16", "-1"),
    ("u64", "18446744073709551616"),
    ("double", "1,5"),
    ("double", ""),
    ("xml", "a]]>b"),
    ("ipaddr", "localhost"),
    ("uuid_t", "x"),
    ("list", ""),
    ("struct", "x"),
    ("", "x"),
]


class TestTreeOf:
    def test_a_request_is_a_message(self) -> None:
        """Fields get the type that is said, and their place as number where none is."""
        asked = request(
            name="SandeshTraceRequest",
            arguments=(
                Argument(name="buf_name", value="a<b"),
                Argument(name="count", value="5", type="i32", identifier=7),
            ),
        )

        assert encode_tree(tree_of(asked)) == (
            b'<SandeshTraceRequest type="sandesh"><buf_name type="string" identifier="1">a&lt;b</buf_name>'
            b'<count type="i32" identifier="7">5</count></SandeshTraceRequest>'
        )

    @pytest.mark.parametrize(("type_", "value"), GOOD)
    def test_values_that_fit_are_sent(self, type_: str, value: str) -> None:
        """Every scalar type has its values."""
        tree = tree_of(request(arguments=(Argument(name="f", value=value, type=type_),)))

        assert [(each.type, each.value) for each in tree] == [(type_, value)]

    def test_all_scalars_are_covered(self) -> None:
        """There is a good value of each scalar type above."""
        assert {type_ for type_, _ in GOOD} == SCALARS

    @pytest.mark.parametrize(("type_", "value"), BAD)
    def test_values_that_do_not_fit_are_not(self, type_: str, value: str) -> None:
        """What could upset a daemon is refused, and the field named."""
        with pytest.raises(BadRequestError, match=r"^f: "):
            tree_of(request(arguments=(Argument(name="f", value=value, type=type_),)))

    @pytest.mark.parametrize("name", ["", "a b", "<x>", "1x", "SandeshHeader>", "é"])
    def test_names_that_are_none_are_refused(self, name: str) -> None:
        """Neither a request nor a field can be called what the IDL cannot call it."""
        with pytest.raises(BadRequestError, match="no name of a request"):
            tree_of(request(name=name))
        with pytest.raises(BadRequestError, match="no name of a field"):
            tree_of(request(arguments=(Argument(name=name, value=""),)))

    def test_a_field_is_given_once_with_a_number_that_can_be(self) -> None:
        """A field that comes twice, or whose number is none, is refused."""
        with pytest.raises(BadRequestError, match="twice"):
            tree_of(request(arguments=(Argument(name="a", value=""), Argument(name="a", value=""))))
        with pytest.raises(BadRequestError, match="no number"):
            tree_of(request(arguments=(Argument(name="a", value="", identifier=-1),)))

    @given(st.sampled_from(sorted(SCALARS)), st.text(max_size=30))
    def test_what_is_sent_can_be_read(self, type_: str, value: str) -> None:
        """Any text is refused, or comes out of the wire as a field of that type."""
        try:
            tree = tree_of(request(arguments=(Argument(name="f", value=value, type=type_),)))
        except BadRequestError:
            return

        assert [each.type for each in decode_tree(encode_tree(tree))] == [type_]
