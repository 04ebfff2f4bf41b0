"""Whatever a query says: a documented error, or a statement that the engine takes and whose text says nothing of it."""

import string
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from satark.analytics.query.compiling import compile_query
from satark.analytics.query.errors import QueryError
from satark.analytics.query.learnt import table_of
from satark.analytics.query.request import decode
from satark.analytics.query.tables import builtin
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Statement
from tests.unit.analytics.query.scene import KEEP, NOW_US, ask, message, put, query, sample, term

INJECTIONS = (
    "'",
    '"',
    "`",
    "\\",
    "\\'",
    "a'b\"c`d",
    "{x:String}",
    "{p0:String}",
    "%s %(a)s %",
    "x' OR 1=1 --",
    "x'); DROP TABLE messages; --",
    "/* x */ -- # //",
    "\0",
    "a\0b",
    "\n\t\r\b\f",
    "\\0\\n\\N",
    "$1 $$x$$",
    "\u2028\u2029\ufeff\u00a0",
    "\U0001f600é",
    "\u2018\u2019",
    "NULL",
    ")",
    "(((((((((",
    ";",
    "x" * 40_000,
)
PLAIN = set(string.ascii_letters + string.digits + " _.,()[]{}:=<>!*+-/'|\n")

COLUMNS = sorted({name for table in builtin().values() for name in table.columns})
names = st.one_of(
    st.sampled_from(COLUMNS), st.sampled_from(("T", "T=", "T=60", "UUID", "sample_count")), st.text(max_size=8)
)
calls = st.builds("{}({})".format, st.sampled_from(("SUM", "AVG", "COUNT", "CLASS", "PERCENTILES", "MAX")), names)
scalars = st.one_of(st.text(max_size=8), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
terms = st.fixed_dictionaries(
    {"name": names, "value": scalars, "op": st.integers(0, 10)},
    optional={
        "value2": st.one_of(st.none(), scalars),
        "suffix": st.fixed_dictionaries({"name": names, "value": scalars, "op": st.integers(1, 9)}),
    },
)
queries = st.fixed_dictionaries(
    {
        "table": st.one_of(st.sampled_from(sorted(builtin())), st.text(max_size=8), st.just("StatTable.Foo.bar")),
        "start_time": st.one_of(st.integers(), st.just("now-1h"), st.text(max_size=8)),
        "end_time": st.one_of(st.just("now"), st.integers()),
        "select_fields": st.lists(st.one_of(names, calls), max_size=4),
    },
    optional={
        "where": st.one_of(st.none(), st.lists(st.lists(terms, max_size=3), max_size=2)),
        "filter": st.one_of(st.none(), st.lists(terms, max_size=2), st.lists(st.lists(terms, max_size=2), max_size=2)),
        "sort": st.integers(0, 3),
        "sort_fields": st.lists(names, max_size=2),
        "limit": st.integers(-1),
        "dir": st.integers(0, 2),
        "session_type": st.sampled_from(("client", "server", "x")),
        "is_service_instance": st.integers(0, 1),
    },
)


@st.composite
def sensible(draw: st.DrawFn) -> dict[str, Any]:
    """Return a query whose names go with its table, so that most of them are right."""
    table = builtin()[draw(st.sampled_from(sorted(builtin())))]
    own = st.sampled_from(sorted(table.columns))
    fields = draw(st.lists(st.one_of(own, st.just("T=60"), st.builds("SUM({})".format, own)), min_size=1, max_size=4))
    compared = st.fixed_dictionaries(
        {"name": own, "value": scalars, "op": st.sampled_from((1, 3, 7, 9)), "value2": scalars}
    )
    filtered = st.fixed_dictionaries(
        {"name": st.sampled_from(fields), "value": scalars, "op": st.sampled_from((1, 2, 5, 6, 8))}
    )
    return query(
        table.name,
        *fields,
        session_type="client",
        where=draw(st.lists(st.lists(compared, min_size=1, max_size=2), max_size=2)),
        filter=draw(st.lists(filtered, max_size=2)),
        sort=draw(st.integers(1, 2)),
    )


def explained(store: Store, asked: Any) -> None:
    """Compile a query, and let the engine say how it would run it. A documented error is fine."""
    try:
        decoded = decode(msgspec.json.encode(asked))
        table = table_of(decoded.table, [])
        if table is None:
            return
        plan = compile_query(decoded, table, now_us=NOW_US, retention=KEEP)
    except QueryError:
        return
    assert set(plan.statement.sql) <= PLAIN
    assert store.rows(Statement(f"EXPLAIN {plan.statement.sql}", plan.statement.parameters))


class TestAnyQuery:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(asked=queries)
    @example(asked=query("StatTable.Foo.bar", "SUM(x)", "PERCENTILES(x)", "CLASS(x)", "x"))
    def test_it_is_refused_or_taken_by_the_engine(self, store: Store, asked: Any) -> None:
        """No query of the right shape makes a statement that the engine does not take."""
        explained(store, asked)

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(asked=sensible())
    def test_a_sensible_one_is_taken_by_the_engine(self, store: Store, asked: Any) -> None:
        """Columns of every table, compared by whatever value, make statements that the engine takes."""
        explained(store, asked)

    @settings(max_examples=200, deadline=None)
    @given(
        body=st.one_of(st.binary(max_size=64), st.recursive(scalars, st.lists, max_leaves=9).map(msgspec.json.encode))
    )
    def test_any_bytes_are_refused(self, body: bytes) -> None:
        """A body that is no query is a documented error, never another."""
        with pytest.raises(QueryError):
            decode(body)


class TestInjection:
    @pytest.fixture
    def hostile(self, store: Store) -> Store:
        """One message, and one sample with a struct and a member of that name, for each hostile text."""
        put(store, "messages", *(message(at, source=text) for at, text in enumerate(INJECTIONS)))
        put(
            store,
            "statistics",
            *(sample(at, f"A.{text}", texts={f"{text}.x": "here"}) for at, text in enumerate(INJECTIONS)),
        )
        return store

    def test_values_of_where_are_only_values(self, hostile: Store) -> None:
        """A hostile value finds the row that has it, and no other."""
        for text in INJECTIONS:
            where = [[term("Source", text), term("Source", text, 7)]]

            assert ask(hostile, query("MessageTable", "Source", where=where)) == [{"Source": text}]

    def test_values_of_filters_are_only_values(self, hostile: Store) -> None:
        """The same in a filter."""
        for text in INJECTIONS:
            asked = query("MessageTable", "Source", filter=[term("Source", text)])

            assert ask(hostile, asked) == [{"Source": text}]

    def test_names_of_tables_and_columns_are_only_values(self, hostile: Store) -> None:
        """A struct and its members may have any name: they are keys, and results are named by them."""
        for text in INJECTIONS:
            column = f"{text}.x"
            asked = query(f"StatTable.A.{text}", column, "T", where=[[term(column, "here")]])
            averaged = query(f"StatTable.A.{text}", f"AVG({column})", "name")

            assert [row[column] for row in ask(hostile, asked)] == ["here"]
            assert ask(hostile, averaged) == [{f"AVG({column})": None, "name": "a6s40"}]
