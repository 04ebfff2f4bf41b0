from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.identities import UveError
from satark.sandesh.generator.uves import Entry, UveCache
from satark.sandesh.types import Level, attributes
from tests.unit.sandesh.probe import ProbeUve, ProbeUveTrace


def uve(name: str | None = "vn1", *, table: str | None = None, **fields: Any) -> ProbeUveTrace:
    """A UVE with these fields set."""
    return ProbeUveTrace(data=ProbeUve(name=name, **fields), table=table)


def put(cache: UveCache, message: ProbeUveTrace, number: int = 1) -> Entry:
    """Update a cache with what does not matter fixed."""
    return cache.update(message, sequence_number=number, level=Level.SYS_NOTICE, now_s=1.0)


def data_of(entry: Entry) -> dict[str, Any]:
    """The fields that are set in an entry."""
    message: Any = entry.message
    return attributes(message.data)


def test_merge() -> None:
    """What is set replaces what was, what is unset stays."""
    cache = UveCache()
    put(cache, uve(total=1, u_list=["a", "b"], plain="x"))

    merged = put(cache, uve(total=2, u_list=["c"]), 2)

    assert {"name": "vn1", "total": 2, "u_list": ["c"], "plain": "x"} == data_of(merged)
    assert (1, 2) == (len(cache), merged.sequence_number)


def test_copy() -> None:
    """What a caller does to a value after sending it does not change the cache."""
    cache = UveCache()
    sent = uve(u_list=["a"])
    put(cache, sent)
    assert sent.data is not None

    sent.data.u_list = None
    sent.data.name = "other"

    assert {"name": "vn1", "u_list": ["a"]} == data_of(next(iter(cache)))


def test_tables_are_apart() -> None:
    """One key in two tables is two UVEs."""
    cache = UveCache()

    put(cache, uve(total=1))
    put(cache, uve(total=2, table="ObjectOther"), 2)

    assert ["ObjectVNTable:vn1", "ObjectOther:vn1"] == [each.uve_key for each in cache]
    assert [2] == [each.sequence_number for each in cache.of_type("ProbeUve", "ObjectOther:vn1")]


@pytest.mark.parametrize("message", [ProbeUveTrace(), uve(None), uve("")], ids=["data", "unset", "empty"])
def test_no_key(message: ProbeUveTrace) -> None:
    """A UVE without a key is refused."""
    with pytest.raises(UveError):
        put(UveCache(), message)


def test_deleted_and_back() -> None:
    """A UVE that comes back after its deletion has nothing of what it was."""
    cache = UveCache()
    put(cache, uve(total=1, plain="x"))
    put(cache, uve(deleted=True), 2)

    back = put(cache, uve(total=3), 3)

    assert {"name": "vn1", "total": 3} == data_of(back)
    assert {} == cache.graves


def test_deletion_is_told_once() -> None:
    """A deleted UVE is kept until a collector was told, and then freed."""
    cache = UveCache()
    put(cache, uve(deleted=True), 7)

    told = cache.resync({})
    cache.settle(cache.graves)

    assert [True] == [each.deleted for each in told]
    assert 0 == len(cache)


def test_change_after_deletion_is_kept() -> None:
    """A UVE that came back while its deletion was being told is not freed."""
    cache = UveCache()
    put(cache, uve(deleted=True), 7)
    graves = cache.graves

    put(cache, uve(total=1), 8)
    cache.settle(graves)

    assert 1 == len(cache)


def test_bound() -> None:
    """A full cache forgets the oldest deletion, and refuses new state rather than forget any."""
    cache = UveCache(max_entries=2)
    put(cache, uve("a"))
    put(cache, uve("b", deleted=True), 2)
    put(cache, uve("c"), 3)

    with pytest.raises(UveError, match="full"):
        put(cache, uve("d"), 4)

    assert ["a", "c"] == [each.key.name for each in cache]


@pytest.mark.parametrize("name", ["ProbeUve", "ProbeUveTrace"])
def test_resync(name: str) -> None:
    """A collector gets what is later than what it has seen, by either name of the type."""
    cache = UveCache()
    for number, key in enumerate("abc", 1):
        put(cache, uve(key), number)

    assert ["c"] == [each.key.name for each in cache.resync({name: 2})]
    assert ["a", "b", "c"] == [each.key.name for each in cache.resync({name: 0})]


SENDS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.fixed_dictionaries(
            {}, optional={"total": st.integers(0, 9), "plain": st.text(max_size=3), "deleted": st.booleans()}
        ),
    ),
    max_size=30,
)


@given(SENDS)
def test_cache_is_what_a_collector_would_have(sends: list[tuple[str, dict[str, Any]]]) -> None:
    """After any sends, the cache is the merge of them, and a full synchronisation tells all of it."""
    cache = UveCache()
    expected: dict[str, dict[str, Any]] = {}
    for number, (key, fields) in enumerate(sends, 1):
        put(cache, uve(key, **fields), number)
        before = expected.get(key, {})
        if before.get("deleted") and not fields.get("deleted"):
            before = {}
        expected[key] = {**before, "name": key, **fields}

    actual = {entry.key.name: data_of(entry) for entry in cache.resync({})}

    assert expected == actual


@given(SENDS, st.integers(0, 30))
def test_nothing_is_missed(sends: list[tuple[str, dict[str, Any]]], seen: int) -> None:
    """Every entry that changed after the number a collector has seen is sent to it again."""
    cache = UveCache()
    last: dict[str, int] = {}
    for number, (key, fields) in enumerate(sends, 1):
        put(cache, uve(key, **fields), number)
        last[key] = number

    due = {entry.key.name for entry in cache.resync({"ProbeUve": seen})}

    assert {key for key, number in last.items() if number > seen} == due
