"""Every form of the language with its neighbours that are none: 600 small files, each with the kinds of its errors.

The lists follow the recorded cases of the original, by the same rules: what it takes is taken, unless what it then
generates is broken.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from satark.sandesh.idl import IdlError, Options, format_program, load, load_texts, parse_text
from tests.unit.sandesh.idl.corpus import FORMS

COMMENTS = ("/**/", "/***/", "/* /* */", "// a\n", "# é\n", "/* * / */", "///\n", "\r\n", "\t")
TOKENS = ("struct", "S", "{", "1", ":", "optional", "list", "<", "i32", ">", "a", "=", "[", "5", ",", "6", "]")
REST = ("(", "key", "=", '"T"', ")", ";", "}", "(", "type", "=", "'object'", ")")


def errors(text: str, options: Options | None = None) -> list[str]:
    """Return the kinds of errors in a text, each once."""
    try:
        load_texts({"t": text}, "t", options)
    except IdlError as error:
        return list(dict.fromkeys(each.code for each in error.errors))
    return []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["text"][:40])
def test_a_form_is_taken_or_refused(form: dict[str, Any]) -> None:
    """Each has just the kinds of errors that are written beside it."""
    assert form["errors"] == errors(form["text"])


@pytest.mark.parametrize("form", [form for form in FORMS if not form["errors"]], ids=lambda form: form["text"][:40])
def test_what_is_taken_can_be_printed(form: dict[str, Any]) -> None:
    """Its canonical text reads as the same program."""
    program = parse_text(form["text"])

    assert program == parse_text(format_program(program))


def test_there_are_both_in_every_group() -> None:
    """No group holds only what is legal, or only what is not."""
    taken = Counter(form["group"] for form in FORMS if not form["errors"])

    assert len(FORMS) == len({form["text"] for form in FORMS})
    assert all(0 < taken[group] < count for group, count in Counter(form["group"] for form in FORMS).items())


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_comment_may_stand_between_any_two_tokens(comment: str) -> None:
    """What separates tokens means nothing, wherever it stands and however often."""
    edge = comment.strip() and comment
    text = comment.join((edge, *TOKENS, *REST, edge))

    assert parse_text(" ".join((*TOKENS, *REST))) == parse_text(text)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"struct S {\r1: i32 a\r}\r", []),
        (b"struct S {\r\n1: i32 a\r\n}\r\n", []),
        (b"\tstruct\tS\t{\t1\t:\ti32\ta\t}\t", []),
        (b" \t\r\n", []),
        (b"", []),
        (b"struct S {}", []),
        (b"// \xe9\nstruct S {}\n", []),
        (b"/** \xe9 */\nstruct S {}\n", []),
        ('const string X = "é"\n'.encode(), []),
        (b"\xef\xbb\xbfstruct S {}\n", ["byte-order-mark"]),
        (b"struct S {}\n\xef\xbb\xbfstruct T {}\n", ["strange-character"]),
        ("struct S {}".encode("utf-16"), ["strange-character", "nul-character"]),
        (b"struct \xe9 {}\n", ["strange-character"]),
        (b'const string X = "\xe9"\n', ["not-utf-8"]),
        (b"// \0\nstruct S {}\n", ["nul-character"]),
        (b"struct S {}\n\x1a", ["strange-character"]),
        (b"struct S {}\x0c\n", ["strange-character"]),
        ("struct\u00a0S {}\n".encode(), ["strange-character"]),
        ("struct S {}\u2028".encode(), ["strange-character"]),
        (b'const string X = "a\r\nb"\n', ["open-string"]),
    ],
)
def test_bytes(tmp_path: Path, data: bytes, expected: list[str]) -> None:
    """Line ends of every kind are space; other encodings, and characters that only look like space, are told."""
    file = tmp_path / "t.sandesh"
    file.write_bytes(data)

    try:
        load(file)
        found = []
    except IdlError as error:
        found = sorted({str(each.code) for each in error.errors}, reverse=True)

    assert sorted(expected, reverse=True) == found
