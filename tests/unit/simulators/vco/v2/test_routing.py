import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.v2.resources import RESOURCES
from satark.simulators.vco.v2.routing import match_path


class TestMatchPath:
    @pytest.mark.parametrize("end", ["", "/"])
    @pytest.mark.parametrize("pattern", RESOURCES)
    def test_all(self, pattern: str, end: str) -> None:
        """Every resource is found by its path, with or without a slash at its end."""
        path = f"enterprises{pattern.rstrip('/')}{end}".replace("{enterprise}", "edges").replace("{edge}", "linkStats")
        found = match_path(path)

        assert found is not None
        assert (pattern, RESOURCES[pattern][0]) == (found.pattern, found.name)
        assert ("edges" if "{enterprise}" in pattern else "") == found.enterprise_id
        assert ("linkStats" if "{edge}" in pattern else "") == found.edge_id

    @settings(deadline=None)
    @given(st.text(alphabet="/abedgsntrpil{}", max_size=40))
    def test_nothing(self, path: str) -> None:
        """Other paths are no resource."""
        assert match_path(f"gateways/{path}") is None
