import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.sandesh.idl import IdlError, ast, format_program, load, load_texts, parse_file, parse_text, render
from satark.sandesh.idl.lexer import lex
from tests.unit.sandesh.idl.corpus import BAD, GOOD, RECORDED
from tests.unit.sandesh.idl.programs import programs

TEXTS = [file.read_bytes().decode("utf-8", "surrogateescape") for file in (*GOOD, *BAD, *RECORDED.glob("*.sandesh"))]
SMALL = [text for text in TEXTS if len(text) < 4000]
# Words in any order get further into the parser than characters do.
WORDS = sorted({str(token) for text in SMALL for token in lex(text) if len(token) < 40})


def load_one(text: str) -> None:
    """Read a text in every way there is; nothing but IdlError may come out, and that can be shown."""
    texts = {"t.sandesh": text, "included/thing.sandesh": text}
    for error in filter(None, (refusal(lambda: parse_text(text)), refusal(lambda: load_texts(texts, "t.sandesh")))):
        assert error.errors
        assert "\n".join(map(render, error.problems)) == str(error)


def refusal(read: Callable[[], object]) -> IdlError | None:
    """Return why something is refused, or None."""
    try:
        read()
    except IdlError as error:
        return error
    return None


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return one of our files with pieces of it cut, doubled, moved or replaced."""
    text = draw(st.sampled_from(SMALL))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 30)))
        piece = draw(st.sampled_from([text[start:end] * 2, "", *draw(st.lists(st.sampled_from(WORDS), max_size=2))]))
        text = text[:start] + piece + text[end:]
    return text


class TestContract:
    @settings(deadline=None)
    @given(st.text())
    def test_any_text(self, text: str) -> None:
        """Whatever a text is, it is read or refused with IdlError."""
        load_one(text)

    @settings(deadline=None)
    @given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
    def test_any_words(self, text: str) -> None:
        """So are the language's own words in any order."""
        load_one(text)

    @settings(deadline=None, max_examples=200)
    @given(mutated())
    def test_any_mutation(self, text: str) -> None:
        """So are our files with pieces cut, doubled or replaced."""
        load_one(text)

    @settings(deadline=None, max_examples=30)
    @given(programs)
    def test_any_program(self, program: ast.Program) -> None:
        """So is every program that can be written, whatever its names mean."""
        load_one(format_program(program))

    @settings(deadline=None, max_examples=60)
    @given(st.binary() | mutated().map(lambda text: text.encode("utf-8", "surrogateescape")))
    def test_any_bytes(self, data: bytes) -> None:
        """So is any file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.sandesh"
            path.write_bytes(data)

            for read in (load, parse_file):
                with suppress(IdlError):
                    read(path)
