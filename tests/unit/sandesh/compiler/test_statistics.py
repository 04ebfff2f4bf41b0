from typing import Any

import pytest

from satark.sandesh.compiler.statistics import stats_tables
from tests.unit.sandesh.compiler.programs import everything, program

HEAD = "struct P { 1: u64 n; 2: double d; 3: string s; 4: map<string, i32> m }\nstruct N { 1: P p; 2: list<P> l }\n"


def tables(field: str) -> list[dict[str, Any]]:
    """The tables of a UVE with one such field."""
    data = f'struct D {{ 1: string name (key="ObjectX"); 2: optional bool deleted; 3: optional {field} }}\nuve sandesh U {{ 1: D data }}'
    return stats_tables(program(HEAD + data).main)


def shown(table: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The attributes of a table: name, datatype, index, suffixes."""
    return [(each["name"], each["datatype"], each["index"], *each.get("suffixes", ())) for each in table["attributes"]]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('double f (tags="")', [("f", "double", False)]),
        ('list<string> f (tags=".f")', [("f", "string", False)]),
        (
            'P f (tags=".s")',
            [("f.n", "int", False), ("f.d", "double", False), ("f.s", "string", True), ("f.m", "map", False)],
        ),
        (
            'N f (tags="")',
            [("f.p.n", "int", False), ("f.p.d", "double", False), ("f.p.s", "string", False), ("f.p.m", "map", False)],
        ),
        ('map<string, u64> f (tags=".__key")', [("f.__key", "string", True), ("f.*", "int", False)]),
    ],
)
def test_a_table_has_the_leaves_of_its_field(field: str, expected: list[tuple[Any, ...]]) -> None:
    """Scalars of a struct are attributes, a map has its key and its values."""
    (table,) = tables(field)

    assert (table["stat_type"], table["stat_attr"], table["obj_table"]) == ("D", "f", "ObjectX")
    assert shown(table) == expected


def test_a_pair_of_tags_is_an_index_with_a_suffix() -> None:
    """Of `.a:.b` the first is the index and the other its suffix."""
    (table,) = tables('list<P> f (tags=".s:.n")')

    assert ("f.s", "string", True, "f.n") in shown(table)


def test_data_of_two_messages_is_one_set_of_tables() -> None:
    """A UVE and an alarm with the same data do not double its tables."""
    found = [table["stat_attr"] for table in stats_tables(everything().main)]

    assert found == ["stats", "by_peer", "plain_map", "ratio"]


def test_the_name_for_people_is_in_the_comment() -> None:
    """`@display_name` names the table."""
    names = {table["stat_attr"]: table["display_name"] for table in stats_tables(everything().main)}

    assert names["by_peer"] == "Things by peer"
