from html.parser import HTMLParser

import pytest

from satark.sandesh.introspect.modules import Module
from satark.sandesh.introspect.pages import answer_page, error_page, form, module_page, type_name
from satark.sandesh.types import STRING, UUID_T, EnumOf, ListOf, MapOf, Type
from tests.unit.sandesh.probe import COLOUR, ProbeRequest

EVIL = "\"><script>alert('1')</script>&"


class Elements(HTMLParser):
    """The names of a page's elements, and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str | None] = []
        self.values: dict[str | None, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one."""
        self.names.append(tag)
        known = dict(attrs)
        if tag == "a":
            self.links.append(known.get("href"))
        if tag == "input":
            self.values[known.get("name")] = known.get("value")


def test_module() -> None:
    """A module's page says what it is for, and has a form for each request, which can be linked to."""
    text = module_page(Module("probe", (ProbeRequest,), "What <probes> tell.\n\nMore."), {"ProbeRequest"})

    assert "<p>What &lt;probes&gt; tell.</p><p>More.</p>" in text
    assert 'id="ProbeRequest"' in text
    assert 'action="/Snh_ProbeRequest"' in text
    assert "no handler" not in text


def test_request_without_a_handler() -> None:
    """A request that nobody answers is shown, but cannot be sent."""
    text = module_page(Module("probe", (ProbeRequest,)), ())

    assert "no handler" in text
    assert '<button type="submit" disabled>' in text


def test_form_keeps_what_was_given() -> None:
    """The values of the last request are there again, whatever is in them; a truth value is chosen from a list."""
    text = form(ProbeRequest, {"name": EVIL, "flag": "1"})

    assert EVIL == Elements(text).values["name"]
    assert '<option value="true" selected>' in text
    assert '<select name="flag">' in text
    assert 'name="count" value="" inputmode="numeric"' in text


def test_answer() -> None:
    """An answer's page leads to the overview, its module and its description, and shows how a program asks."""
    text = answer_page(ProbeRequest, "probe", "<p>shown</p>", {"name": EVIL}, [f"curl '{EVIL}'"])
    page = Elements(text)

    assert ["/", "/probe.xml", "/probe.xml#ProbeRequest"] == page.links
    assert "script" not in page.names
    assert "<p>shown</p>" in text


def test_error() -> None:
    """A mistake is told with the name of its status, and nothing in it becomes markup."""
    page = error_page(404, EVIL)

    assert "<h1>404 Not Found</h1>" in page
    assert "script" not in Elements(page).names


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (STRING, "string"),
        (UUID_T, "ct_uuid_t"),
        (COLOUR, "Colour"),
        (ListOf(STRING), "list"),
        (MapOf(STRING, STRING), "map"),
    ],
)
def test_type_name(type_: Type, expected: str) -> None:
    """Types are told by their names in the language, not on the wire."""
    assert expected == type_name(type_)
    assert isinstance(COLOUR, EnumOf)
