import re
from collections.abc import Mapping

import pytest

from satark.sandesh.compiler.html import HTML
from satark.sandesh.compiler.html.pages import overview
from tests.unit.sandesh.compiler.golden import made
from tests.unit.sandesh.compiler.html.test_markup import read
from tests.unit.sandesh.compiler.programs import everything, program


@pytest.fixture(scope="module")
def pages() -> Mapping[str, str]:
    """All pages of the program with everything."""
    return {path: text for path, text in made("html").items() if path.endswith(".html")}


def test_every_link_leads_somewhere(pages: Mapping[str, str]) -> None:
    """No page links to a page or an anchor that is not there."""
    anchors = {f"{path}#{found}" for path, text in pages.items() for found in re.findall(r' id="([^"]+)"', text)}
    known = {*pages, *anchors, "sandesh.css"}

    links = {
        link if not link.startswith("#") else f"{path}{link}"
        for path, text in pages.items()
        for link in re.findall(r'href="([^"]+)"', text)
    }

    assert links - known == set()


def test_no_anchor_is_there_twice(pages: Mapping[str, str]) -> None:
    """An anchor names one thing."""
    for path, text in pages.items():
        found = re.findall(r' id="([^"]+)"', text)
        assert (path, sorted(found)) == (path, sorted(set(found)))


def test_every_message_has_its_anchor(pages: Mapping[str, str]) -> None:
    """A message is found as `Snh_` and its name, as in the original's documentation."""
    for message in everything().main.messages:
        assert any(f'id="Snh_{message.name}"' in text for text in pages.values())


def test_every_element_is_closed(pages: Mapping[str, str]) -> None:
    """Tags are balanced."""
    for path, text in pages.items():
        opened = [tag for tag in re.findall(r"<([a-z0-9]+)", text) if tag not in {"meta", "link", "input", "br"}]
        assert (path, sorted(opened)) == (path, sorted(re.findall(r"</([a-z0-9]+)>", text)))


def test_pages_need_no_script_and_nothing_from_elsewhere(pages: Mapping[str, str]) -> None:
    """A page works from a disk without a network."""
    style = HTML.generate(everything(), {})["sandesh.css"]
    for text in [*pages.values(), style]:
        assert not re.search(r"<script|javascript:|https?://|@import|url\(", text)


def test_logs_are_by_severity(pages: Mapping[str, str]) -> None:
    """Logs stand under their severity, the gravest first, those without one last."""
    assert re.findall(r'<h2 id="([a-z]+)">', pages["everything_logs.html"]) == ["notice", "invalid"]


def test_a_log_shows_how_it_reads(pages: Mapping[str, str]) -> None:
    """Constant texts and fields are shown in their order."""
    assert "<pre>it was <em>what</em> <em>number</em> at <em>scalars</em></pre>" in pages["everything_logs.html"]


def test_a_comment_is_no_markup(pages: Mapping[str, str]) -> None:
    """What a comment says is text."""
    assert '"anything" &lt;b&gt;at all&lt;/b&gt;' in pages["everything_logs.html"]


def test_a_request_has_a_form(pages: Mapping[str, str]) -> None:
    """A form asks for what the address has, with the ranges of the types."""
    text = pages["everything_introspect.html"]
    seen = read(text)

    assert "GET /Snh_ThingRequest?name=<em>string</em>&amp;count=<em>i32</em>" in text
    assert ("action", "/Snh_ThingRequest") in seen.attributes
    assert ("max", "2147483647") in seen.attributes
    assert '<option value="6">BLUE</option>' in text


def test_a_uve_shows_keys_and_statistics(pages: Mapping[str, str]) -> None:
    """The fields of the data are on the page of the message."""
    text = pages["everything_uves.html"]

    assert "ObjectThingTable (data.name)" in text
    assert "statistics are taken of stats, by_peer, plain_map, ratio" in text
    assert "given at run time (data.name)" in text


def test_pages_without_content_are_left_out() -> None:
    """A program with one trace has a page of traces, an index and no other."""
    files = HTML.generate(program("trace sandesh T { 1: i32 a }"), {})

    assert set(files) == {"t.xml", "sandesh.css", "t_index.html", "t_traces.html"}


def test_the_index_lists_programs_in_order() -> None:
    """One page leads to the pages of each program."""
    bundles = [everything(), program("/** about t */\nconst i32 X = 1\n")]

    assert re.findall(r'href="(\w+)_index', overview(bundles)) == ["everything", "t"]


def test_an_index_says_what_messages_are_for(pages: Mapping[str, str]) -> None:
    """The first line of a description is beside its link."""
    assert re.search(r"ThingRequest</a></td>\s*<td>look up things</td>", pages["everything_index.html"])


def test_requests_may_have_any_scalar() -> None:
    """A number with a fraction is asked for as such."""
    files = HTML.generate(program("request sandesh R { 1: double d; 2: u64 n }"), {})

    assert '<input name="d" type="number" step="any" placeholder="double">' in files["t_introspect.html"]
