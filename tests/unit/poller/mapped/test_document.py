from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.poller.mapped.document import MAX_BYTES, DocumentError, Table, parse


class TestParse:
    def test_values_and_lines(self) -> None:
        """Values have their type, and know their line and path."""
        root = parse(b"a: 1\nb:\n  - yes\n  - 'no'\n  - 2026-03-10\n")

        assert root.value["a"].value == 1
        assert [item.value for item in root.value["b"].value] == [True, "no", "2026-03-10"]
        assert (root.value["b"].value[1].line, root.value["b"].value[1].path) == (4, "b[1]")

    @pytest.mark.parametrize(
        ("content", "text"),
        [
            (b"a: &x 1\nb: *x", "line 1: anchors and aliases"),
            (b"b: *x", "line 1: anchors and aliases"),
            (b"a: 1\n\na: 2", "line 3: a is given twice"),
            (b"a: [", "line 1: "),
            (b"[" * 30, "line 1: nested more than"),
            (b"\xff\xfe", "not UTF-8"),
            (b"a: \x00", "unacceptable character"),
            (b" " * (MAX_BYTES + 1), "larger than"),
        ],
    )
    def test_refused(self, content: bytes, text: str) -> None:
        """What could be a trap, or what is no YAML, is refused with its line."""
        with pytest.raises(DocumentError, match=text):
            parse(content)

    def test_tags_make_nothing(self) -> None:
        """A tag of a Python object makes no object."""
        assert parse(b"a: !!python/object/apply:os.getcwd []").value["a"].value == []
        assert parse(b"a: !secret x").value["a"].value == "x"

    @settings(deadline=None)
    @given(st.text(max_size=60) | st.binary(max_size=60))
    def test_anything(self, content: str | bytes) -> None:
        """Any content is a document or refused; nothing else is raised."""
        with suppress(DocumentError):
            parse(content.encode() if isinstance(content, str) else content)


class TestTable:
    def test_types(self) -> None:
        """A value of another type is told with its line and path; its default stands in."""
        mistakes: list[str] = []
        table = Table(parse(b"text: 1\nflag: maybe\nnumber: x\nwhole: 0\nlist: 3\nyes: true"), mistakes, ())

        values = (table.text("text"), table.flag("flag"), table.number("number", 2), table.whole("whole", 7))
        assert values == ("", False, 2, 7)
        assert table.rows("list") == []
        assert table.whole("yes", 3) == 3
        assert list(table.items("list")) == []
        assert [mistake.partition(": expected")[0] for mistake in mistakes] == [
            "line 1: text",
            "line 2: flag",
            "line 3: number",
            "line 4: whole",
            "line 5: list",
            "line 6: yes",
            "line 5: list",
        ]

    def test_missing(self) -> None:
        """A text without a default must be given; a choice must be one of its words."""
        mistakes: list[str] = []
        table = Table(parse(b"kind: c"), mistakes, ("kind", "name"))

        table.text("name", None)
        assert table.choice("kind", ("a", "b")) == "a"
        assert mistakes == ["line 1: name: is missing", "line 1: kind: expected a, b"]

    def test_no_table(self) -> None:
        """What is no table has no keys."""
        mistakes: list[str] = []
        table = Table(parse(b"- a"), mistakes, ("x",))

        assert "x" not in table
        assert mistakes == ["line 1: the mapping: expected a table of x"]
