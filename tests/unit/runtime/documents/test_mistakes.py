"""Mistakes of a file, and how they are told."""

import pytest

from satark.runtime.documents import parse
from satark.runtime.documents.mistakes import MAX_MISTAKES, Mistakes, near

CONTENT = b"a: 1\nb: hush\n"


class TestMistakes:
    def test_told(self) -> None:
        """They are told in the file's order, each once, with the line and a mark."""
        root = parse(CONTENT)
        mistakes = Mistakes("f", CONTENT)
        mistakes.wrong(root.fields["b"], "is wrong")
        mistakes.wrong_name(root.fields["a"], "unknown")
        mistakes.wrong(root.fields["b"], "is wrong")

        error = mistakes.error()
        assert str(error) == "f:1:1: a: unknown\nf:2:4: b: is wrong"
        assert error.mistakes[1].shown() == "f:2:4: b: is wrong\n     2 | b: hush\n       |    ^"

    def test_hidden(self) -> None:
        """What is to be hidden is neither in the text nor in the line."""
        root = parse(CONTENT)
        mistakes = Mistakes("f", CONTENT, lambda text: text.replace("hush", "…"))
        mistakes.wrong(root.fields["b"], "expected a, not hush")

        assert mistakes.error().shown() == "f:2:4: b: expected a, not …\n     2 | b: …\n       |    ^"

    def test_many(self) -> None:
        """So many are told, not more."""
        content = b"[" + b"1," * 300 + b"]"
        mistakes = Mistakes("f", content)
        for item in parse(content).items:
            mistakes.wrong(item, "is wrong")

        assert (len(mistakes), len(mistakes.told())) == (300, MAX_MISTAKES)


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("recever", ["receiver", "route"], "did you mean receiver?"),
        ("x", ["receiver", "route"], "there are receiver, route"),
        ("x", [], "there are none"),
        ("x", [str(n) for n in range(60)], f"there are {', '.join(map(str, range(50)))} and 10 more"),
    ],
)
def test_near(name: str, known: list[str], expected: str) -> None:
    """What may have been meant is told, else all there is."""
    assert expected == near(name, dict.fromkeys(known))
