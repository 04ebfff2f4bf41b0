from typing import Any

import pytest

from satark.analytics.uves.reading import ReadFilters, Reading, posted, reading_of
from satark.analytics.web.problem import Problem
from satark.uve.filters import EVERYTHING, Filters


class TestReadFilters:
    @pytest.mark.parametrize(
        ("module", "source", "generator", "expected"),
        [
            ("contrail-vrouter-agent", None, "h1:Compute:contrail-vrouter-agent:0", True),
            ("contrail-vrouter-agent", "h1", "h1:Compute:contrail-vrouter-agent:0", True),
            ("contrail-vrouter-agent", "h2", "h1:Compute:contrail-vrouter-agent:0", False),
            ("contrail-vrouter-agent", None, "::1:Compute:contrail-vrouter-agent:0", True),
            ("contrail-vrouter-agent", None, "h1:Compute:contrail-control:0", False),
            ("contrail-vrouter-agent", None, "contrail-vrouter-agent", False),
            ("Compute:contrail-vrouter-agent:0", None, "h1:Compute:contrail-vrouter-agent:0", True),
            ("Compute:contrail-vrouter-agent", None, "h1:Compute:contrail-vrouter-agent:0", False),
            ("vra", None, "h1:Compute:vra:0", False),
        ],
    )
    def test_modules(self, module: str, source: str | None, generator: str, expected: bool) -> None:
        """In whole, or a daemon's name alone; a word without a hyphen is no daemon's."""
        assert expected == ReadFilters(module=module, source=source).wants_source(generator)


class TestReadingOf:
    @pytest.mark.parametrize(
        ("parameters", "expected"),
        [
            ({}, Reading(filters=EVERYTHING, is_flat=False)),
            ({"flat": ""}, Reading(filters=EVERYTHING)),
            ({"stale": "1.5"}, Reading(filters=EVERYTHING, is_flat=False, stale_s=1.5)),
            ({"missing": "404"}, Reading(filters=EVERYTHING, is_flat=False, missing_is_404=True)),
            ({"sfilt": ""}, Reading(filters=Filters(source=""))),
            ({"kfilt": "a,b*"}, Reading(filters=Filters(names=("a", "b*")))),
            (
                {"tablefilt": "vrouter,ObjectFoo"},
                Reading(filters=EVERYTHING, tables=frozenset({"ObjectVRouter", "ObjectFoo"})),
            ),
        ],
    )
    def test_parameters(self, parameters: dict[str, str], expected: Reading) -> None:
        """Each has its place; any filter makes it flat."""
        assert expected == reading_of(parameters)

    @pytest.mark.parametrize("filters", [Filters(), Filters(names=("a",))])
    def test_names_choose_and_do_not_filter(self, filters: Filters) -> None:
        """What is shown of an object does not depend on how it was found."""
        reading = Reading(filters=filters)

        assert (False, EVERYTHING) == (reading.is_filtered, reading.view(0).filters)

    def test_staleness_is_told_from_now(self) -> None:
        """A share is stale if it was last heard before that time."""
        assert 7_000_000 == reading_of({"stale": "3"}).view(10_000_000).stale_us


class TestPosted:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b"", Filters(names=("*",))),
            (b'{"other": 1}', Filters(names=("*",))),
            (
                b'{"kfilt": ["a"], "sfilt": "h1", "ackfilt": true}',
                Filters(names=("a",), source="h1", acknowledged=True),
            ),
            (b'{"cfilt": ["A", "B:x"]}', Filters(names=("*",), content={"A": frozenset(), "B": frozenset({"x"})})),
        ],
    )
    def test_bodies(self, body: bytes, expected: Filters) -> None:
        """All members are optional; of names all are wanted."""
        assert Reading(filters=expected) == posted(body)

    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"7",
            b'{"kfilt": {}}',
            b'{"cfilt": [null]}',
            b'{"kfilt": null}',
            b'{"sfilt": null}',
            b'{"ackfilt": null}',
            b'{"ackfilt": 0}',
            b"[" * 5_000,
        ],
    )
    def test_refusals(self, body: bytes) -> None:
        """400, whatever it is."""
        with pytest.raises(Problem) as refused:
            posted(body)

        assert _status(refused.value) == 400


def _status(problem: Any) -> Any:
    return problem.status
