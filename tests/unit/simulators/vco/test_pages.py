import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.pages import BadPageLink, EdgesPage, EventsPage, page_link, read_page

WORDS = st.text(max_size=20)
NUMBERS = st.integers(0, 2**53)
COUNTS = st.integers(1, 4096)
EDGES_PAGES = st.builds(
    EdgesPage, enterprise_id=NUMBERS, offset=NUMBERS, limit=COUNTS, parts=st.lists(WORDS, max_size=5).map(tuple)
)
EVENTS_PAGES = st.builds(
    EventsPage,
    what=WORDS,
    enterprise_id=NUMBERS,
    offset=NUMBERS,
    limit=COUNTS,
    start_ms=NUMBERS,
    end_ms=NUMBERS,
    edges=st.none() | st.lists(NUMBERS, max_size=5).map(tuple),
    rules=st.lists(st.tuples(WORDS, WORDS, st.lists(WORDS, max_size=3).map(tuple)), max_size=3).map(tuple),
)


class TestPageLink:
    @settings(deadline=None)
    @given(EDGES_PAGES | EVENTS_PAGES)
    def test_round_trip(self, page: EdgesPage | EventsPage) -> None:
        """A token gives back the page it was made of, and is safe in a URL."""
        link = page_link(page)

        assert page == read_page(link, type(page))
        assert link.replace("-", "").replace("_", "").replace("=", "").isalnum()

    @settings(deadline=None)
    @given(st.text(max_size=60))
    def test_anything(self, text: str) -> None:
        """Whatever a client sends as a token is a page or refused, never a crash."""
        for kind in (EdgesPage, EventsPage):
            try:
                page = read_page(text, kind)
            except BadPageLink:
                continue
            assert text
            assert page_link(page)

    @pytest.mark.parametrize(("offset", "limit"), [(-1, 1), (0, 0), (0, -5)])
    def test_impossible(self, offset: int, limit: int) -> None:
        """A token of a page before the first, or of no rows, is refused."""
        with pytest.raises(BadPageLink):
            read_page(page_link(EdgesPage(1, offset, limit, ())), EdgesPage)

    @settings(deadline=None)
    @given(EDGES_PAGES)
    def test_another_list(self, page: EdgesPage) -> None:
        """A token of one kind of list does not open another."""
        with pytest.raises(BadPageLink):
            read_page(page_link(page), EventsPage)
