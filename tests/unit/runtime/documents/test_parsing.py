from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.runtime.documents import Bounds, DocumentError, Node, Place, parse


class TestParse:
    def test_places(self) -> None:
        """Every value knows where it and its name begin, and how it was written."""
        root = parse(b"a: 0123\nb:\n  - yes\n  - c: 2026-03-10\n")

        members = root.fields["b"].items
        assert root.plain() == {"a": 83, "b": [True, {"c": "2026-03-10"}]}
        assert Node(83, Place(1, 4), "a", "0123", Place(1, 1)) == root.fields["a"]
        assert Node(True, Place(3, 5), "b[0]", "yes", Place(3, 5)) == members[0]
        assert Node("2026-03-10", Place(4, 8), "b[1].c", "2026-03-10", Place(4, 5)) == members[1].fields["c"]

    def test_nothing(self) -> None:
        """An empty document has no value, and what is no table or list has no members."""
        root = parse(b"# nothing\n")

        assert (root.plain(), root.items, root.fields, root.line) == (None, [], {}, 1)

    @pytest.mark.parametrize(
        ("content", "line", "column", "text"),
        [
            (b"a: &x 1\nb: 2", 1, 4, "anchors and aliases (& and *) are not allowed; put the text into quotes"),
            (b"a: 1\nb: *x", 2, 4, "anchors and aliases (& and *) are not allowed; put the text into quotes"),
            (b"a: !!python/name:os.getcwd x", 1, 4, "tags (!) are not allowed; put the text into quotes"),
            (b"a: {b: *LTE*}", 1, 8, "anchors and aliases (& and *) are not allowed; put the text into quotes"),
            (b"a: {b: !*LTE*}", 1, 8, "tags (!) are not allowed; put the text into quotes"),
            (b"a: [[1]]", 1, 5, "nested more than 2 deep, or more than 9 values"),
            (b"[1, 2, 3, 4,\n 5, 6, 7, 8, 9]", 2, 14, "nested more than 2 deep, or more than 9 values"),
            (b"a: 1\n---\nb: 2", 2, 1, "but found another document"),
            (b"\xff", 1, 1, "not UTF-8"),
            (b" " * 101, 1, 1, "larger than 100 bytes"),
            (b"a: \x00", 1, 1, "unacceptable character"),
        ],
    )
    def test_refused(self, content: bytes, line: int, column: int, text: str) -> None:
        """What could be a trap, what is too much and what is no YAML is told with its place."""
        with pytest.raises(DocumentError) as caught:
            parse(content, Bounds(max_bytes=100, max_depth=2, max_nodes=9))

        assert text in caught.value.text
        assert Place(line, column) == caught.value.place

    def test_endless_number(self) -> None:
        """A number too long to be one is the file's mistake, not ours."""
        with pytest.raises(DocumentError, match="Exceeds the limit"):
            parse(b"a: " + b"9" * 5000)

    def test_doubles(self) -> None:
        """All names that are given twice are told at once."""
        with pytest.raises(DocumentError, match="line 2: a is given twice") as caught:
            parse(b"a: 1\na: 2\nb:\n  c: 3\n  c: 4\n")

        assert [("c is given twice", 5)] == [(one.text, one.line) for one in caught.value.also]

    def test_tags_make_nothing(self) -> None:
        """Where tags are allowed they are as if they were not there."""
        root = parse(b"a: !!python/object/apply:os.getcwd []\nb: !secret x", Bounds(allows_tags=True))

        assert root.plain() == {"a": [], "b": "x"}

    @settings(deadline=None)
    @given(st.binary(max_size=60) | st.text(alphabet="ab:-[]{}!&*'\"|>\n #?%@,1.", max_size=60).map(str.encode))
    def test_garbage(self, content: bytes) -> None:
        """Any bytes are a document or refused; nothing else is raised."""
        with suppress(DocumentError):
            parse(content).plain()
