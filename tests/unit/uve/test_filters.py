import pytest

from satark.schemas.uves import Value
from satark.uve import views
from satark.uve.filters import EVERYTHING, content_of, filters_of
from satark.uve.uve import Uve
from tests.unit.uve.say import G1, G2, scalar, struct, structs, told


def alarm(name: str, *, ack: str | None) -> Value:
    """An alarm, acknowledged or not, or without a word about it."""
    said = {} if ack is None else {"ack": scalar(ack, "bool")}
    return struct(type=scalar(name, "string"), **said)


def alarmed() -> Uve:
    """An object with alarms of two generators."""
    uve = Uve()
    told_of = ((G1, [alarm("a", ack="true"), alarm("b", ack=None)]), (G2, [alarm("c", ack="false")]))
    for generator, alarms in told_of:
        uve.apply(told(generator, name="UVEAlarms", alarms=structs(*alarms, aggtype="union")), seen_us=0)
    return uve


class TestAcknowledged:
    @pytest.mark.parametrize(("word", "names"), [("true", ["a"]), ("false", ["b", "c"])])
    def test_shows_alarms_of_one_kind(self, word: str, names: list[str]) -> None:
        """One that says nothing of it is not acknowledged."""
        shown = views.flat(alarmed(), filters_of({"ackfilt": word}))

        assert [each["type"] for each in shown["UVEAlarms"]["alarms"]] == names

    def test_leaves_no_empty_struct(self) -> None:
        """Without any such alarm there is nothing to be seen of alarms; other structs stay."""
        uve = Uve()
        uve.apply(told(name="UVEAlarms", alarms=structs(alarm("a", ack="false"), aggtype="union")), seen_us=0)
        uve.apply(told(x=scalar("1")), seen_us=0)

        assert views.flat(uve, filters_of({"ackfilt": "true"})) == {"Vn": {"__T": 1_000, "x": 1}}

    def test_is_true_or_false(self) -> None:
        """Any other word is the reader's mistake."""
        with pytest.raises(ValueError, match="ackfilt is true or false, not 'maybe'"):
            filters_of({"ackfilt": "maybe"})


class TestContent:
    def test_of_a_struct_alone_is_all_of_it(self) -> None:
        """Even if an attribute of it is named too."""
        assert content_of(["Vn:x", "Vn:y", "Config", "Agent:x", "Agent"]) == {
            "Vn": {"x", "y"},
            "Config": frozenset(),
            "Agent": frozenset(),
        }

    def test_without_the_attribute_is_nothing(self) -> None:
        """No empty struct is shown."""
        uve = Uve()
        uve.apply(told(x=scalar("1")), seen_us=0)

        assert views.flat(uve, filters_of({"cfilt": "Vn:nope"})) == {}


class TestSources:
    def test_may_have_hosts_with_colons(self) -> None:
        """The three names at the end have none."""
        filters = filters_of({"sfilt": "2001:db8::1", "mfilt": "Compute:vra:0"})

        assert filters.wants_source("2001:db8::1:Compute:vra:0")
        assert not filters.wants_source("2001:db8::2:Compute:vra:0")

    def test_filter_both_renderings(self) -> None:
        """The times too."""
        uve = Uve()
        for generator in (G1, G2):
            uve.apply(told(generator, n=scalar("1", aggtype="sum")), seen_us=0)

        assert views.structured(uve, filters_of({"sfilt": "h2"})) == {
            "Vn": {
                "__T": [[{"@type": "u64", "#text": "1000"}, G2]],
                "n": {"@type": "i32", "@aggtype": "sum", "#text": "1"},
            }
        }


class TestNames:
    def test_are_patterns_as_they_are_given(self) -> None:
        """Patterns are handed on as they are given: whoever has the names matches them."""
        assert ("a.c", "default:*:vn[1]") == filters_of({"kfilt": "a.c,default:*:vn[1]"}).names

    def test_are_all_wanted_without_a_pattern(self) -> None:
        """As everything is without filters."""
        assert filters_of({}) == EVERYTHING
