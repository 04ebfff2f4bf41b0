import msgspec
import pytest
from msgspec import Raw

from satark.schemas.uves import Value
from satark.uve import views
from satark.uve.known import OMITTED, BadValueError
from satark.uve.limits import Limits
from satark.uve.state import dump
from satark.uve.told import Told
from satark.uve.uve import TIME, Uve
from tests.unit.uve.say import G1, G2, G3, scalar, struct, texts, told


def heard(*shares: Told) -> Uve:
    """An object after these shares."""
    uve = Uve()
    for each in shares:
        uve.apply(each, seen_us=0)
    return uve


class TestShares:
    def test_say_what_changed(self) -> None:
        """Only attributes that are something else than before; the struct's appearance is a change of its times."""
        uve = Uve()

        first = uve.apply(told(x=scalar("1"), y=scalar("2")), seen_us=0)
        again = uve.apply(told(number=2, x=scalar("1"), y=scalar("3")), seen_us=0)

        assert first.changed == {"Vn": {"x", "y", TIME}}
        assert again.changed == {"Vn": {"y"}}
        assert again.shares == (("Vn", G1),)

    def test_of_a_later_session_replace_all_of_earlier_ones(self) -> None:
        """What is said again as it was is no change."""
        uve = heard(told(x=scalar("1"), y=scalar("2"), time_us=9_000))

        step = uve.apply(told(session=8, x=scalar("1"), time_us=2_000), seen_us=0)

        assert step.changed == {"Vn": {"y"}}
        assert views.flat(uve) == {"Vn": {"__T": 2_000, "x": 1}}

    def test_of_an_earlier_session_are_ignored(self) -> None:
        """They come late; the step says why."""
        uve = heard(told(session=8, x=scalar("1")))

        step = uve.apply(told(x=scalar("2")), seen_us=0)

        assert (step.ignored, step.changed, step.shares) == ("old_session", {}, ())
        assert views.flat(uve)["Vn"]["x"] == 1

    def test_told_late_do_not_undo_later_ones(self) -> None:
        """Attribute by attribute: what no later message has said is taken in."""
        uve = heard(told(number=2, y=scalar("3"), time_us=2_000), told(number=1, x=scalar("1"), y=scalar("2")))

        assert views.flat(uve) == {"Vn": {"__T": 2_000, "x": 1, "y": 3}}

    def test_of_several_classes_of_messages_count_apart(self) -> None:
        """Numbers of another class say nothing about before and after."""
        uve = heard(told(number=900, x=scalar("1")), told(number=3, message="VnSummary", x=scalar("2")))

        assert views.flat(uve)["Vn"]["x"] == 2

    def test_go_on_when_the_numbers_begin_anew(self) -> None:
        """They have 32 bits."""
        uve = heard(told(number=2**32 - 1, x=scalar("1")), told(number=0, x=scalar("2")))

        assert views.flat(uve)["Vn"]["x"] == 2

    def test_are_deleted_by_their_generator_alone(self) -> None:
        """What others say stays; the last one ends the object."""
        uve = heard(told(G1, x=scalar("1")), told(G2, x=scalar("2")))

        assert uve.apply(told(G1, number=2, deleted=True), seen_us=0).changed == {"Vn": {"x"}}
        assert views.flat(uve)["Vn"]["x"] == 2
        assert uve.apply(told(G2, number=2, deleted=True), seen_us=0).changed == {"Vn": {"x", TIME}}
        assert uve.gone

    def test_deleted_late_keep_what_was_said_since(self) -> None:
        """A replay begins somewhere."""
        uve = heard(told(number=1, x=scalar("1")), told(number=3, y=scalar("3")), told(number=2, deleted=True))

        assert views.flat(uve)["Vn"] == {"__T": 1_000, "y": 3}

    def test_that_are_not_there_are_deleted_without_a_trace(self) -> None:
        """The word came twice."""
        assert heard(told(deleted=True)).gone
        assert heard(told(G1, x=scalar("1")), told(G2, deleted=True)).exists

    def test_are_stale_when_not_heard_of(self) -> None:
        """By our clock, whatever the generator's says."""
        uve = Uve()
        for seen_us, generator in ((5, G1), (9, G2), (2, G3)):
            uve.apply(told(generator, time_us=1_000_000 - seen_us), seen_us=seen_us)

        assert uve.stale(6) == [("Vn", G1), ("Vn", G3)]

    def test_time_is_the_newest_one(self) -> None:
        """It goes back when who said it does, or is gone."""
        uve = heard(told(G1, time_us=9_000, x=scalar("1")), told(G2, time_us=2_000))
        times = [uve.parts["Vn"].newest_us]

        for share in (told(G1, number=2, time_us=3_000), told(G2, number=2, time_us=2_500)):
            uve.apply(share, seen_us=0)
            times.append(uve.parts["Vn"].newest_us)
        uve.withdraw(G1, 7)

        assert [*times, uve.parts["Vn"].newest_us] == [9_000, 3_000, 3_000, 2_500]


class TestBadInput:
    @pytest.mark.parametrize("raw", [b"{}", b"7", b'{"type":1}', b'{"type":"i32"', b"[" * 10_000])
    def test_is_refused_as_a_whole(self, raw: bytes) -> None:
        """A share with a broken value changes nothing."""
        uve = heard(told(x=scalar("1")))
        before = dump(uve)
        share = told(number=2, x=scalar("2"))

        with pytest.raises(BadValueError):
            uve.apply(msgspec.structs.replace(share, attributes={**share.attributes, "y": Raw(raw)}), seen_us=0)

        assert dump(uve) == before

    def test_may_not_be_nested_without_end(self) -> None:
        """Whoever renders it has only so much of a stack."""
        deep = scalar("1")
        for _ in range(60):
            deep = struct(s=deep)

        with pytest.raises(BadValueError, match="deeper"):
            heard(told(x=deep))

    def test_of_too_many_attributes_is_ignored(self) -> None:
        """At once or little by little; what is there can still change."""
        uve = Uve(limits=Limits(attributes_per_share=2))

        assert uve.apply(told(a=scalar("1"), b=scalar("1"), c=scalar("1")), seen_us=0).ignored == "too_many_attributes"
        uve.apply(told(a=scalar("1"), b=scalar("1")), seen_us=0)
        assert uve.apply(told(number=2, c=scalar("1")), seen_us=0).ignored == "too_many_attributes"
        assert uve.apply(told(number=3, b=scalar("2")), seen_us=0).changed == {"Vn": {"b"}}

    def test_of_too_many_shares_is_ignored(self) -> None:
        """In all structs together, and of structs."""
        uve = Uve(limits=Limits(shares_per_object=2, structs_per_object=1))
        uve.apply(told(G1, x=scalar("1")), seen_us=0)

        assert uve.apply(told(G1, name="Other"), seen_us=0).ignored == "too_many_shares"
        uve.apply(told(G2, x=scalar("1")), seen_us=0)
        assert uve.apply(told(G3, x=scalar("1")), seen_us=0).ignored == "too_many_shares"

    @pytest.mark.parametrize(
        ("one", "other", "shown"),
        [
            (scalar("4", aggtype="sum"), scalar("x", "string"), [[4, G1], ["x", G2]]),
            (scalar("4", aggtype="sum"), scalar("x"), [[4, G1], ["x", G2]]),
            (scalar("4", aggtype="sum"), struct(a=scalar("1")), [[4, G1], [{"a": 1}, G2]]),
            (texts("a", aggtype="union"), scalar("4"), [[["a"], G1], [4, G2]]),
            (texts("a", aggtype="append"), scalar("4"), [[["a"], G1], [4, G2]]),
        ],
    )
    def test_that_does_not_fit_an_aggregation_is_seen(self, one: Value, other: Value, shown: object) -> None:
        """Types that differ between generators are shown as what they are: who is at odds."""
        assert views.flat(heard(told(G1, x=one), told(G2, x=other)))["Vn"]["x"] == shown

    def test_annotated_otherwise_is_still_the_same_value(self) -> None:
        """A new version of a daemon that only says more about an attribute is at odds with nobody."""
        uve = heard(told(G1, x=scalar("4")), told(G2, x=scalar("4", tags=".a")))

        assert views.flat(uve)["Vn"]["x"] == 4
        assert views.structured(uve)["Vn"]["x"] == [[{"@type": "i32", "#text": "4"}, G1, G2]]

    def test_asking_for_several_aggregations_gets_that_of_most(self) -> None:
        """Whatever order they come in."""
        lists = [
            (G1, texts("a", aggtype="union")),
            (G2, texts("a", aggtype="append")),
            (G3, texts("a", aggtype="append")),
        ]

        for order in (lists, lists[::-1]):
            assert views.flat(heard(*(told(who, x=said) for who, said in order)))["Vn"]["x"] == ["a", "a", "a"]

    def test_that_was_left_out_for_its_size_is_marked(self) -> None:
        """It takes no part in a union, which would look whole."""
        large = Value(type="list", annotations={"aggtype": "union", OMITTED: "900000"})
        alone = heard(told(G1, x=large))
        uve = heard(told(G1, x=large), told(G2, x=texts("a", aggtype="union")))

        assert views.flat(alone)["Vn"]["x"] == {OMITTED: 900_000}
        assert views.flat(uve)["Vn"]["x"] == [[{OMITTED: 900_000}, G1], [["a"], G2]]
        assert views.structured(uve)["Vn"]["x"][0] == [
            {"@type": "list", "@aggtype": "union", f"@{OMITTED}": "900000"},
            G1,
        ]

    def test_of_another_size_is_another_value(self) -> None:
        """Two that are both left out need not be equal."""
        one, other = (Value(type="string", annotations={OMITTED: size}) for size in ("900000", "900001"))

        assert len(views.flat(heard(told(G1, x=one), told(G2, x=other)))["Vn"]["x"]) == 2
