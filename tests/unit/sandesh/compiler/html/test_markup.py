from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.compiler.html.markup import document, element, render


class Reader(HTMLParser):
    """Collects the text and the attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Take a piece of text."""
        self.text.append(data)


def read(text: str) -> Reader:
    """What a browser sees."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


def test_text_and_attributes_are_escaped() -> None:
    """Nothing of a definition is taken for markup."""
    assert render(element("a", "<b>&", href='"x"<')) == '<a href="&quot;x&quot;&lt;">&lt;b&gt;&amp;</a>'


def test_blocks_stand_on_lines_and_text_does_not_move() -> None:
    """Line breaks are put only where they do not show."""
    page = element("div", element("p", "a ", element("code", "b"), " c"), element("pre", "x\ny"))

    assert render(page) == "<div>\n<p>a <code>b</code> c</p>\n<pre>x\ny</pre>\n</div>\n"


def test_what_is_not_there_is_left_out() -> None:
    """None as a child or attribute is nothing, and void elements have no end."""
    assert render(element("p", None, element("br"), ["a", "b"], id=None, class_="c")) == '<p class="c"><br>ab</p>\n'


def test_a_document_is_whole() -> None:
    """A page has a language, a title, a style sheet and no script."""
    page = document(title="T", stylesheet="s.css", body=[element("main", "x")])

    assert page.startswith("<!doctype html>\n<html")
    assert read(page).tags == ["html", "head", "meta", "meta", "meta", "title", "link", "body", "main"]


@given(st.text(), st.text())
def test_any_text_is_text(text: str, value: str) -> None:
    """Whatever a comment holds arrives as text, and makes no element."""
    seen = read(render(element("p", text, title=value)))

    assert seen.tags == ["p"]
    assert [name for name, _ in seen.attributes] == ["title"]
