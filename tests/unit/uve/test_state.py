import msgspec
import pytest

from satark.schemas import codec
from satark.schemas.uves import SharesWithdrawn
from satark.uve import views
from satark.uve.known import BadValueError
from satark.uve.state import (
    STATE_VERSION,
    UnreadableStateError,
    counters_of,
    dump,
    dump_share,
    load,
    load_share,
    restored,
)
from satark.uve.told import decode, told_of, withdrawal_of
from satark.uve.uve import Uve
from tests.unit.uve.say import EPOCH, G1, G2, scalar, share, struct, texts, told


def spoken_of() -> Uve:
    """An object with a counter, a struct and a list."""
    uve = Uve(counting=True)
    uve.apply(told(G1, n=scalar("100", aggtype="counter"), s=struct(a=scalar("1"))), seen_us=5)
    uve.apply(told(G2, name="Other", number=3, l=texts("a", aggtype="union")), seen_us=6)
    uve.apply(told(G1, session=8, n=scalar("5", aggtype="counter")), seen_us=7)
    return uve


class TestStored:
    def test_comes_back_as_it_was(self) -> None:
        """It goes on from there, sums and all."""
        uve = load(dump(spoken_of()), counting=True)

        assert dump(uve) == dump(spoken_of())
        assert views.flat(uve)["Vn"] == {"__T": 1_000, "n": 105}
        uve.apply(told(G1, session=8, number=2, n=scalar("6", aggtype="counter")), seen_us=8)
        assert views.flat(uve)["Vn"]["n"] == 106

    def test_share_by_share_is_the_same(self) -> None:
        """For a table that has a row for each."""
        uve = spoken_of()

        rows = {key: load_share(dump_share(each)) for key, each in uve.shares()}

        assert dump(restored(rows, counters_of(uve), counting=True)) == dump(uve)

    def test_as_documented(self) -> None:
        """Arrays in the order of the package's description; values are the contract's."""
        uve = Uve()
        uve.apply(told(G1, number=4, x=scalar("1")), seen_us=9)

        assert msgspec.json.decode(dump(uve)) == [
            1,
            {"Vn": {G1: [7, "VnTrace", False, 4, 1_000, 9, {"x": [4, {"type": "i32", "text": "1"}]}]}},
            {},
        ]

    def test_counters_are_dropped_when_nobody_wants_them(self) -> None:
        """Who opted in may opt out."""
        assert views.flat(load(dump(spoken_of())))["Vn"]["n"] == 5

    @pytest.mark.parametrize("broken", [b"", b"{}", b"[1]", b'[1,{"Vn":{"g":[1,"m",false,1,1,1,{"x":[1,7]}]}}]'])
    def test_otherwise_is_refused(self, broken: bytes) -> None:
        """Nothing is made up."""
        with pytest.raises((msgspec.DecodeError, BadValueError)):
            load(broken)

    def test_by_a_later_version_is_refused(self) -> None:
        """It may mean something else."""
        later = dump(Uve()).replace(str(STATE_VERSION).encode(), str(STATE_VERSION + 1).encode(), 1)

        with pytest.raises(UnreadableStateError, match="version 2"):
            load(later)


class TestTold:
    def test_is_what_the_contract_has(self) -> None:
        """Read from the record or made of the event."""
        event = share(G1, number=4, x=scalar("1"), y=texts("a"))

        assert decode(codec.encode(event, source="/test").value) == told_of(event)

    def test_withdrawals_too(self) -> None:
        """They come in the same topic."""
        event = SharesWithdrawn(id="1", generator=G1, gateway="gw", time=EPOCH, through=7, reason="session_lost")

        assert decode(codec.encode(event, source="/test").value) == withdrawal_of(event)


class TestEmptyLists:
    def test_count_for_nothing_after_a_restart(self) -> None:
        """A list without elements is stored, and is as if nobody had said it."""
        uve = Uve()
        uve.apply(told(x=texts(), y=scalar("1")), seen_us=0)
        again = load(dump(uve))

        assert {"Vn": {"__T": 1_000, "y": 1}} == views.flat(again)
        assert {"y"} == again.parts["Vn"].attributes.keys()
        again.withdraw(G1, 7)
        assert again.gone
