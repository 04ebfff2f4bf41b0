from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.v2.pages import listed, page_of


class TestListed:
    @settings(deadline=None)
    @given(st.integers(0, 60), st.integers(1, 20))
    def test_walk(self, count: int, limit: int) -> None:
        """Following the tokens forth gives every row once in order, and back leads to the first page."""
        rows = list(range(count))
        query, seen = {"limit": str(limit), "name[is]": "x"}, []
        while True:
            page = page_of("here", query, 2048, dict)
            answer = listed("href", page, rows, lambda row: {"row": row})
            seen += [one["row"] for one in answer["data"]]
            assert page.query["name[is]"] == "x"
            if not answer["metaData"]["more"]:
                break
            query = {"nextPageLink": answer["metaData"]["nextPageLink"]}
        while "prevPageLink" in answer["metaData"]:
            page = page_of("here", {"prevPageLink": answer["metaData"]["prevPageLink"]}, 2048, dict)
            answer = listed("href", page, rows, lambda row: {"row": row})

        assert rows == seen
        assert [one["row"] for one in answer["data"]] == rows[:limit]
