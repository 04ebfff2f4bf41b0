import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.idl.doctext import clean, is_doc, tags
from tests.unit.sandesh.idl.programs import canonical


class TestClean:
    @pytest.mark.parametrize(
        ("comment", "text"),
        [
            ("/** a */", "a"),
            ("/** a **/", "a"),
            ("/*** a */", "a"),
            ("/**\n * a\n * b\n */", "a\nb"),
            ("/**\n * a\n *\n *   b\n */", "a\n\n  b"),
            ("/**\n   a\n     b\n*/", "a\n  b"),
            ("/** a\n  * b\n  */", "a\nb"),
            ("/**\n * * a\n * * b\n */", "* a\n* b"),
            ("/**\n\n * a\n\n */", "a"),
            ("/** */", ""),
        ],
    )
    def test_decoration_goes(self, comment: str, text: str) -> None:
        """Stars in front, the common indent and blank lines around go; the shape of the text stays."""
        assert clean(comment) == text

    @given(st.text())
    def test_once_is_enough(self, text: str) -> None:
        """Printing and reading a read text changes nothing."""
        assert canonical(canonical(text)) == canonical(text)

    def test_rulers_are_no_docs(self) -> None:
        """Comments of nothing but stars are no doc comments, nor are those that do not begin with two."""
        comments = ["/** a */", "/***/", "/**/", "/*****/", "/* a */", "// a", "/** */"]

        assert [is_doc(comment) for comment in comments] == [True, False, False, False, False, False, True]


class TestTags:
    @pytest.mark.parametrize(
        ("doc", "found"),
        [
            (None, {}),
            ("", {}),
            ("Just text.", {"description": "Just text."}),
            ("@severity: ERROR", {"severity": "ERROR"}),
            (
                "@description: a\nb\n@severity:  WARN \n@type : uve",
                {"description": "a\nb", "severity": "WARN", "type": "uve"},
            ),
            ("Text.\n@cause: x", {"description": "Text.", "cause": "x"}),
            ("mail@example.org: no tag\n@notag", {"description": "mail@example.org: no tag\n@notag"}),
        ],
    )
    def test_lines(self, doc: str | None, found: dict[str, str]) -> None:
        """A tag has the rest of its line and the lines behind it; what stands before is the description."""
        assert tags(doc) == found
