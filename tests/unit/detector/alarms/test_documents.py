import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.detector.alarms.documents import MAX_BYTES, DocumentError, parse


class TestParse:
    def test_lines(self) -> None:
        """Every value knows its line."""
        root = parse(b"a: 1\nb:\n  - x\n  - {c: true}\n")

        assert root.plain() == {"a": 1, "b": ["x", {"c": True}]}
        assert [root.fields["a"].line, *(one.line for one in root.fields["b"].items)] == [1, 3, 4]

    def test_nothing(self) -> None:
        """An empty file is no table."""
        root = parse(b"# nothing\n")

        assert (root.plain(), root.items, root.fields) == (None, [], {})

    def test_times_are_texts(self) -> None:
        """What YAML takes for a date stays the text that was written."""
        assert parse(b"[2026-11-21]").plain() == ["2026-11-21"]

    @pytest.mark.parametrize(
        ("content", "line", "text"),
        [
            (b"a: &x 1\nb: 2", 1, "anchors and aliases (& and *) are not allowed"),
            (b"a: 1\nb: *x", 2, "anchors and aliases (& and *) are not allowed"),
            (b"a: 1\noperation: !=", 2, "tags (!) are not allowed; put the text into quotes"),
            (b"a: 1\na: 2", 2, "a is given twice"),
            (b"a: 1\nb: [", 2, "expected the node content, but found '<stream end>'"),
            (b"a: \xff", 1, "not UTF-8"),
            (b"[" * 20 + b"]" * 20, 1, "nested more than 16 deep, or more than 100000 values"),
            (b" " * (MAX_BYTES + 1), 1, f"larger than {MAX_BYTES} bytes"),
            (b"a: " + b"9" * 5000, 1, "Exceeds the limit"),
            (b"a: 1\n---\nb: 2", 2, "but found another document"),
        ],
    )
    def test_mistakes(self, content: bytes, line: int, text: str) -> None:
        """What is not allowed is told with its line."""
        with pytest.raises(DocumentError) as caught:
            parse(content)

        assert text in str(caught.value)
        assert caught.value.line == line

    @settings(deadline=None)
    @given(st.binary(max_size=60) | st.text(alphabet="ab:-[]{}!&*'\"|>\n #?%@,1.", max_size=60).map(str.encode))
    def test_garbage(self, content: bytes) -> None:
        """Any bytes are a document or a mistake of the operator."""
        try:
            parse(content).plain()
        except DocumentError as error:
            line = error.line
        else:
            line = 1

        assert line >= 1
