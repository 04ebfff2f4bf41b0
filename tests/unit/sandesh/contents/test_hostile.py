"""Whatever a peer sends: an answer or `ContentError`, the same every time, and never more than the bounds."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.contents import (
    MAX_SAMPLES,
    ContentError,
    body_xml,
    object_keys,
    plain_text,
    samples_of,
    sessions_of,
    share_of,
)
from satark.sandesh.contents.columns import MAX_LABEL_CHARACTERS
from satark.sandesh.contents.samples import MAX_NESTING, MAX_PROBLEMS
from satark.sandesh.types import Hint, Message, SandeshType
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.tree import SCALARS, ListValue, MapValue, Node, StructValue, Tree, Value
from satark.sandesh.wire.writer import encode_message
from satark.sandesh.wire.xml import Received
from tests.unit.sandesh.contents.receive import NAME, received, text, uve, uve_of
from tests.unit.sandesh.values import messages

ALL: tuple[Callable[[Received], object], ...] = (
    share_of,
    object_keys,
    samples_of,
    sessions_of,
    plain_text,
    body_xml,
)
NAMES = st.sampled_from(
    [
        "name",
        "data",
        "deleted",
        "proxy",
        "session_data",
        "sess_agg_info",
        "sessionMap",
        "port",
        "labels",
        "str1",
        "a",
        "",
    ]
)
TYPES = st.sampled_from([*sorted(SCALARS), "struct", "list", "map", "set", "", "nonsense"])
TEXTS = st.sampled_from(["", "true", "1", "-1", "nan", "1e999", "9" * 30, "\x00\n", "\ud800", "a:b"]) | st.text(
    max_size=5
)
TAGS = st.sampled_from(["", ".name", "name", ".__key", ".__value", "name:.a", ".a:.b", "a:b", ",", ".", "x" * 5000])
ANNOTATIONS = st.fixed_dictionaries(
    {}, optional={"key": st.sampled_from(["", "T", "T:U", "none"]), "tags": TAGS, "aggtype": st.just("sum")}
)


def _compound(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    fields = st.lists(st.builds(Node, NAMES, TYPES, st.sampled_from(["", "1"]), values, ANNOTATIONS), max_size=5)
    items = st.lists(values, max_size=4)
    return (
        st.builds(StructValue, NAMES, fields)
        | st.builds(ListValue, TYPES, items, st.none(), st.sampled_from(["list", "set"]))
        | st.builds(MapValue, TYPES, TYPES, st.lists(st.tuples(values, values), max_size=3))
    )


VALUES: st.SearchStrategy[Value] = st.recursive(TEXTS, _compound, max_leaves=30)
FIELDS = st.lists(st.builds(Node, NAMES, TYPES, st.just("1"), VALUES, ANNOTATIONS), max_size=6)
TREES = st.builds(Tree, st.just("Log"), FIELDS) | st.builds(
    lambda fields: Tree("Log", [Node("data", "struct", "1", StructValue("S", fields))]), FIELDS
)
HEADERS = st.tuples(st.sampled_from([*SandeshType, 99]), st.sampled_from([*Hint, 7]))


def answer(function: Callable[[Received], object], message: Received) -> object:
    """What the function says, or the words of its error."""
    try:
        return function(message)
    except ContentError as error:
        return str(error)


@pytest.mark.parametrize("function", ALL)
@given(tree=TREES, header=HEADERS)
def test_any_tree_has_an_answer(function: Callable[[Received], object], tree: Tree, header: tuple[int, int]) -> None:
    """It is the same twice, the only error is the typed one, and the tree is left as it was."""
    before = repr(tree)
    message = received(tree, *header)

    assert answer(function, message) == answer(function, message)
    assert before == repr(tree)


@given(messages(), HEADERS)
def test_any_class_has_the_answers_of_its_tree(message: Message, header: tuple[int, int]) -> None:
    """What is read with a definition says the same as what is read without one."""
    tree = decode_tree(encode_message(message))

    for function in ALL:
        assert answer(function, received(message, *header)) == answer(function, received(tree, *header))


@given(TREES)
def test_samples_of_any_tree_are_within_their_bounds(tree: Tree) -> None:
    """Numbers are finite, texts that every sample repeats are short."""
    with suppress(ContentError):
        for sample in samples_of(received(tree)):
            assert all(float("-inf") < number < float("inf") for number in sample.numbers.values())
            assert all(len(value) <= MAX_LABEL_CHARACTERS for value in sample.tags.values())
            assert {name for pair in sample.pairs for name in pair} <= {*sample.tags, *sample.many_tags}


class TestBounds:
    def test_samples_are_bounded_and_counted(self) -> None:
        """A list of a hundred thousand elements is as many samples as there may be."""
        items: list[Value] = ["1"] * 100_000
        found = samples_of(uve_of([Node("l", "list", "", ListValue("u64", items), {"tags": ""})]))

        assert (MAX_SAMPLES, 100_000 - MAX_SAMPLES) == (len(found), found.omitted)

    def test_the_bound_is_that_of_the_message(self) -> None:
        """Maps, structs and scalars after a long list are left out and counted as well."""
        pairs: list[tuple[Value, Value]] = [("k", "1")] * 10
        found = samples_of(
            uve_of(
                [
                    Node("l", "list", "", ListValue("u64", list("1" * MAX_SAMPLES)), {"tags": ""}),
                    Node("m", "map", "", MapValue("string", "u64", pairs), {"tags": ""}),
                    Node("s", "struct", "", StructValue("S", []), {"tags": ""}),
                    Node("x", "u64", "", "1", {"tags": ""}),
                ]
            )
        )

        assert (MAX_SAMPLES, 12) == (len(found), found.omitted)

    def test_nested_lists_share_the_bound(self) -> None:
        """A thousand lists of a thousand are no million samples."""
        inner: list[Value] = [StructValue("Q", [])] * 1000
        element = StructValue("S", [Node("q", "list", "", ListValue("struct", inner), {"tags": ".a"})])
        found = samples_of(uve_of([Node("l", "list", "", ListValue("struct", [element] * 1000), {"tags": ""})]))

        assert MAX_SAMPLES == len(found)
        assert found.omitted > 0

    def test_tagged_fields_within_tagged_fields_are_bounded(self) -> None:
        """What lies deeper is a problem, not a sample."""
        node = Node("s", "struct", "", StructValue("S", []), {"tags": ""})
        for _ in range(50):
            node = Node("s", "struct", "", StructValue("S", [node]), {"tags": ""})

        found = samples_of(uve_of([node]))

        assert MAX_NESTING == len(found)
        assert 1 == len(found.problems)

    def test_problems_are_bounded(self) -> None:
        """No peer fills a log with one message."""
        fields = "".join(f'<n{at} type="i32" tags="">x</n{at}>' for at in range(1000))

        assert MAX_PROBLEMS == len(samples_of(uve(fields)).problems)

    @pytest.mark.parametrize("field", ["name", "proxy"])
    def test_what_every_sample_repeats_is_short(self, field: str) -> None:
        """A text of a megabyte does not come out four thousand times."""
        found = samples_of(uve(text(field, "x" * 10**6) + '<n type="i32" tags="">1</n>'))

        assert (f"{field} is no text, or too long",) == found.problems
        assert ["host-1"] == [each.name for each in found]
        assert [None] == [each.proxy for each in found]

    def test_a_path_is_short(self) -> None:
        """Nor does a field's name."""
        found = samples_of(uve(f'{NAME}<{"n" * 2000} type="i32" tags="">1</{"n" * 2000}>'))

        assert (0, 1) == (len(found), len(found.problems))


def _many(count: int) -> list[Node]:
    return [Node(f"n{at}", "string", "", "x", {"key": "T"}) for at in range(count)]


HOSTILE: dict[str, list[Node]] = {
    "many key fields": _many(100_000),
    "one name many times": [Node("a", "string", "", "x")] * 100_000,
    "many tagged scalars": [Node(f"n{at}", "u64", "", "1", {"tags": "n0,n1,n2,nope"}) for at in range(100_000)],
    "many fields beside a long list": [
        *_many(50_000),
        Node("l", "list", "", ListValue("u64", list("1" * 50_000)), {"tags": ",".join(f"n{at}" for at in range(16))}),
    ],
    "a long list as the tag of another": [
        Node("all", "list", "", ListValue("string", list("x" * 100_000))),
        Node("l", "list", "", ListValue("u64", list("1" * 5000)), {"tags": "all"}),
    ],
    "long elements": [
        Node(
            "l",
            "list",
            "",
            ListValue("struct", [StructValue("S", _many(1000))] * 100),
            {"tags": ",".join(f".n{at}" for at in range(16))},
        )
    ],
    "a long text": [Node("name", "string", "", "\n" * 10**7, {"key": "T"})],
    "an end point with many entries": [
        Node(
            "sess_agg_info",
            "map",
            "",
            MapValue("struct", "struct", [(StructValue("K", []), StructValue("V", []))] * 50_000),
        ),
        *_many(50_000),
    ],
}


@pytest.mark.parametrize("fields", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("function", ALL[:-1])
@pytest.mark.parametrize("type_", [SandeshType.UVE, SandeshType.OBJECT, SandeshType.SESSION])
def test_large_messages_take_time_like_their_length(
    function: Callable[[Received], object], fields: list[Node], type_: SandeshType
) -> None:
    """A few megabytes take less than two seconds of a processor, though each is made to be multiplied with itself."""
    session = Node("session_data", "struct", "", StructValue("S", fields))
    wrapped = {SandeshType.UVE: [Node("data", "struct", "", StructValue("S", fields))], SandeshType.SESSION: [session]}
    message = received(Tree("Log", wrapped.get(type_, fields)), type_)

    started = time.process_time()
    with suppress(ContentError):
        function(message)

    assert time.process_time() - started < 2
