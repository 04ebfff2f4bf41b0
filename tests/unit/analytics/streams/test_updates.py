import json
from typing import Any

from satark.analytics.streams.updates import only, updates
from tests.unit.analytics.mirror.records import G1, G2, VN, alarm, number, state, text, uve_of
from tests.unit.analytics.routes.serving import TOKENS

ONE = state(VN, uve_of({("Vn", G1): {"x": number(1)}, ("Agent", G2): {"y": text("a")}})).value
TWO = state(VN, uve_of({("Vn", G1): {"x": number(2)}, ("Config", G2): {"z": text("b")}})).value
ALARMED = state(VN, uve_of({("Vn", G1): {"x": number(2)}, ("Config", G2): {"z": text("b")}}), [alarm()]).value


def told(before: bytes | None, after: bytes | None) -> list[tuple[str | None, Any]]:
    """Structs and values of the updates."""
    found = updates(VN, before, after, TOKENS)
    return [(update.struct, None if update.value is None else json.loads(update.value)) for update in found]


class TestUpdates:
    def test_a_new_object_is_all_of_its_structs(self) -> None:
        """Each flat and whole."""
        assert [("Agent", {"__T": 1000, "y": "a"}), ("Vn", {"__T": 1000, "x": 1})] == told(None, ONE)

    def test_only_structs_that_differ_are_told(self) -> None:
        """What is gone is null, what is new or other is whole."""
        assert [("Agent", None), ("Config", {"__T": 1000, "z": "b"}), ("Vn", {"__T": 1000, "x": 2})] == told(ONE, TWO)
        assert [] == told(TWO, TWO)

    def test_an_object_that_is_gone_is_told_once(self) -> None:
        """Without a struct, but with those that it had, for those who want to hear of them only."""
        (update,) = updates(VN, ALARMED, None, TOKENS)

        assert (None, None, {"Vn", "Config", "UVEAlarms"}) == (update.struct, update.value, set(update.had))
        assert [] == updates(VN, None, None, TOKENS)

    def test_alarms_are_a_struct(self) -> None:
        """They come and go as any other."""
        ((struct, value),) = told(TWO, ALARMED)

        assert ("UVEAlarms", alarm().type) == (struct, value["alarms"][0]["type"])
        assert [("UVEAlarms", None)] == told(ALARMED, TWO)

    def test_alarms_of_others_stay(self) -> None:
        """The detector's are told behind them."""
        theirs = json.loads(TWO or b"")
        theirs["structs"]["UVEAlarms"] = {"__T": 5, "alarms": [{"type": "theirs"}]}
        theirs["alarms"] = json.loads(ALARMED or b"")["alarms"]

        ((_, value),) = told(TWO, json.dumps(theirs, separators=(",", ":")).encode())

        assert ["theirs", alarm().type] == [each["type"] for each in value["alarms"]]

    def test_what_cannot_be_read_has_no_structs(self) -> None:
        """A state of another make is as none."""
        assert [("Agent", None), ("Vn", None)] == told(ONE, b"no json")

    def test_a_struct_may_be_told_in_part(self) -> None:
        """By the names of its attributes."""
        assert {"x": 2} == json.loads(only(b'{"__T": 1, "x": 2, "y": 3}', frozenset({"x", "z"})))
