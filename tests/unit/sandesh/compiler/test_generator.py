import pytest

from satark.sandesh.compiler.generator import GeneratorError, Language, Request, check_options, hint, parse_request


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("py", Request("py", {})),
        ("py:new_style", Request("py", {"new_style": ""})),
        ("py:package=a.b,new_style", Request("py", {"package": "a.b", "new_style": ""})),
        ("py:", Request("py", {})),
        ("x:a=b=c", Request("x", {"a": "b=c"})),
    ],
)
def test_a_language_may_have_options(text: str, expected: Request) -> None:
    """Options follow a colon, with commas between them."""
    assert parse_request(text) == expected


def test_a_language_has_a_name() -> None:
    """Options of no language are a mistake."""
    with pytest.raises(GeneratorError, match="names no language"):
        parse_request(":a=b")


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("pyhton", ["python", "xml"], "; did you mean 'python'?"),
        ("cobol", ["xml", "py"], "; there are py, xml"),
        ("x", [], "; it has none"),
    ],
)
def test_an_unknown_word_is_answered_with_known_ones(word: str, known: list[str], expected: str) -> None:
    """The nearest word is proposed, else all are listed."""
    assert hint(word, known) == expected


def test_an_unknown_option_is_an_error() -> None:
    """A language says which options it does not have."""
    language = Language(summary="", generate=lambda _bundle, _options: {}, options={"package": ""})

    check_options(Request("x", {"package": "a"}), language)
    with pytest.raises(GeneratorError, match="x has no option 'pakage'; did you mean 'package'"):
        check_options(Request("x", {"pakage": "a"}), language)
