import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.analytics.commands.composing import query_of
from satark.analytics.commands.usage import UsageError

WRONG: tuple[list[str], ...] = (
    [],
    ["rm", "-rf"],
    ["logs", "--nonsense"],
    ["logs", "--help"],
    ["logs", "--limit", "none"],
    ["logs", "--last", "soon"],
    ["stats", "--table", "A.b"],
    ["stats", "--table", "A.b", "--select", "T", "--where", "a=1 AND"],
    ["flows", "--source-ip", "10.0.0.1"],
    ["sessions", "--table", "MessageTable"],
)


class TestQueryOf:
    def test_each_command_has_one(self) -> None:
        """All four commands mean a query of their tables."""
        lines = (
            ["logs", "--last", "1h", "--level", "err"],
            ["stats", "--table", "A.b", "--select", "T=60", "SUM(b.c)", "--where", "name=x*"],
            ["flows", "--vrouter", "a6s40"],
            ["sessions", "--filter", "vn=a.*"],
        )

        found = [query_of(line) for line in lines]

        assert ["MessageTable", "StatTable.A.b", "FlowRecordTable", "SessionSeriesTable"] == [
            each["table"] for each in found
        ]
        assert [[{"name": "Level", "value": 3, "op": 5}]] == found[0]["filter"]

    def test_a_text_is_looked_for_as_it_stands(self) -> None:
        """Of a text nothing is special; it may be in any column that has texts."""
        of_logs = query_of(["logs", "--text", "a.b*c"])
        of_objects = query_of(["logs", "--object-type", "vrouter", "--text", "x"])

        assert [[{"name": "Xmlmessage", "value": r"(?is).*a\.b\*c.*", "op": 8}]] == of_logs["filter"]
        assert ["ObjectLog", "SystemLog"] == [terms[0]["name"] for terms in of_objects["filter"]]

    @pytest.mark.parametrize("line", WRONG)
    def test_what_makes_none_is_refused(self, line: list[str]) -> None:
        """Wrong arguments are told, and end nothing."""
        with pytest.raises(UsageError):
            query_of(line)

    @given(
        st.lists(
            st.sampled_from(["logs", "--last", "1h", "--level", "x", "--limit", "0", "-f", "-h", "(", "\0", "--"]),
            max_size=6,
        )
    )
    def test_any_words_are_a_query_or_refused(self, words: list[str]) -> None:
        """Nothing else comes of any words."""
        try:
            found = query_of(["logs", *words])
        except UsageError:
            return

        assert found["table"] == "MessageTable"
