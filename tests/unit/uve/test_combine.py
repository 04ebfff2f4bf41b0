from satark.schemas.uves import Value
from satark.uve import combine
from tests.unit.uve.say import mapped, scalar, struct, structs, texts


def row(name: str, **members: Value) -> Value:
    """An entry of a list with a list key."""
    return struct(k=scalar(name, "string", aggtype="listkey"), **members)


class TestSumOfStructs:
    def test_adds_integers_and_leaves_out_the_rest(self) -> None:
        """Each member is the sum over the structs that have it."""
        one, other = (
            struct(a=scalar("1", "u64"), d=scalar("0.5", "double")),
            struct(a=scalar("2", "u64"), b=scalar("-3")),
        )

        assert {"a": scalar("3", "u64"), "b": scalar("-3")} == combine.sum_of_structs([one, other])

    def test_leaves_out_what_says_to_be_an_integer_and_is_none(self) -> None:
        """A broken member costs itself alone."""
        assert {"a": scalar("1")} == combine.sum_of_structs([struct(a=scalar("1")), struct(a=scalar("x"))])


class TestUnions:
    def test_of_lists_has_equal_elements_once(self) -> None:
        """In the order in which they are first met."""
        assert ("b", "a", "c") == combine.union_of_lists([texts("b", "a", "b"), texts("c", "a")])

    def test_of_lists_tells_structs_apart_by_all_their_members(self) -> None:
        """The order of members makes no difference."""
        one, same, other = (
            struct(a=scalar("1"), b=scalar("2")),
            struct(b=scalar("2"), a=scalar("1")),
            struct(a=scalar("1")),
        )

        assert (one, other) == combine.union_of_lists([structs(one), structs(same, other)])

    def test_of_maps_has_all_entries_by_source(self) -> None:
        """Keys are written as JSON, so that one with a colon is still one."""
        assert (('h1:"a:b"', "1"), ('h2:"a:b"', "2")) == combine.union_of_maps(
            [("h1", mapped(("a:b", "1"))), ("h2", mapped(("a:b", "2")))]
        )


class TestAppended:
    def test_adds_up_entries_of_one_key(self) -> None:
        """What is no integer is the first one's; a member that the first lacks counts as nought there."""
        first = row("x", n=scalar("1"), text=scalar("one", "string"))
        later = row("x", n=scalar("2"), text=scalar("two", "string"), more=scalar("5"))

        (merged,) = combine.appended([structs(first), structs(later, later)])

        assert row("x", n=scalar("5"), text=scalar("one", "string"), more=scalar("10")) == merged

    def test_does_not_add_up_the_keys(self) -> None:
        """A key may be a number."""
        keyed = struct(k=scalar("7", aggtype="listkey"), n=scalar("1"))

        (merged,) = combine.appended([structs(keyed, keyed)])

        assert struct(k=scalar("7", aggtype="listkey"), n=scalar("2")) == merged

    def test_keeps_the_order_of_first_appearance(self) -> None:
        """An entry without the key stays alone, where it is."""
        bare = struct(n=scalar("9"))

        kept = combine.appended([structs(row("x"), bare, row("y")), structs(bare, row("x"))])

        assert (row("x"), bare, row("y"), bare) == kept

    def test_without_a_key_puts_one_behind_the_other(self) -> None:
        """Texts and structs alike; nothing is lost."""
        bare = struct(n=scalar("9"))

        assert ("a", "b", "a") == combine.appended([texts("a", "b"), texts("a")])
        assert (bare, bare) == combine.appended([structs(bare), structs(bare)])
