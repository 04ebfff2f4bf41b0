import pytest

from satark.uve import views
from satark.uve.alarms import AlarmState, ObjectAlarms, Phase
from satark.uve.rows import (
    alarms_row,
    counters_key,
    counters_row,
    of_key,
    remembered,
    share_key,
    share_prefix,
    source_row,
)
from satark.uve.state import counters_of, dump_share, restored
from satark.uve.uve import Uve
from tests.unit.uve.say import G1, G2, KEY, scalar, told


def spoken_of() -> Uve:
    """An object of two generators, with a counter."""
    uve = Uve(counting=True)
    uve.apply(told(G1, n=scalar("100", aggtype="counter")), seen_us=5)
    uve.apply(told(G2, n=scalar("50", aggtype="counter")), seen_us=6)
    uve.withdraw(G1, 7)
    return uve


def test_an_object_comes_back_from_its_rows() -> None:
    """Shares, totals, alarms and sessions, each from a row of its own."""
    uve, alarms = spoken_of(), ObjectAlarms({"a": AlarmState(Phase.SOAKING, 1, 1)})
    rows = [
        *((share_key(KEY, struct, source), dump_share(share)) for (struct, source), share in uve.shares()),
        counters_row(KEY, counters_of(uve)),
        alarms_row(KEY, alarms),
        source_row(G1, 7),
    ]

    found = remembered((key, value) for key, value in rows if value is not None)
    again = restored(found.shares[KEY], found.counters[KEY], counting=True)

    assert views.structured(uve) == views.structured(again)
    assert 150 == views.flat(again)["Vn"]["n"]
    assert ({KEY: alarms}, {G1: 7}, []) == (found.alarms, found.through, found.unreadable)


def test_what_is_gone_has_no_row() -> None:
    """A row without a value takes it away."""
    assert [None, None, None] == [alarms_row(KEY, None)[1], counters_row(KEY, {})[1], source_row(G1, None)[1]]


def test_the_shares_of_one_object_are_found_by_how_their_keys_begin() -> None:
    """And those of no other, whatever its name."""
    assert share_key(KEY, "Vn", G1).startswith(share_prefix(KEY))
    assert not share_key(f"{KEY}0", "Vn", G1).startswith(share_prefix(KEY))
    assert not counters_key(KEY).startswith(share_prefix(KEY))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"{", b"1"),
        (b'["other","x"]', b"1"),
        (b'["share","x"]', b"1"),
        (share_key(KEY, "Vn", G1), b"[1]"),
        (source_row(G1, 1)[0], b'"x"'),
        (counters_key(KEY), b"[" * 100_000),
    ],
)
def test_what_is_no_row_is_named(key: bytes, value: bytes) -> None:
    """The rest is read."""
    good = (b'["source","g"]', b"7")

    found = remembered([(key, value), good])

    assert ([key], {"g": 7}) == (found.unreadable, found.through)


def test_a_key_says_what_its_row_is_of() -> None:
    """The kind, then names."""
    assert ("share", KEY, "Vn", G1) == of_key(share_key(KEY, "Vn", G1))
