"""The golden cases of aggregation over HTTP, from the rows that the detector writes."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.analytics.mirror.records import rows, state
from tests.unit.analytics.routes.serving import Served, serving
from tests.unit.uve.test_golden import CASES, replayed, wanted

WHOLE = [case for case in CASES if "filters" not in case]
STRUCTURED = [case for case in CASES if "nonflat" in case and "__exception" not in case["nonflat"]]


def path_of(case: Mapping[str, Any], query: str) -> str:
    """Return where a case's object is read."""
    _, _, name = case["key"].partition(":")
    return f"/analytics/uves/virtual-network/{name}?{query}"


def told(case: Mapping[str, Any], *, with_state: bool) -> Served:
    """Serve the object as it is after the steps of a case."""
    uve = replayed(case)
    states = [state(case["key"], uve)] if with_state and uve.exists else []
    return serving([*rows(case["key"], uve), *states])


class TestGoldenCases:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
    async def test_flat(self, case: Mapping[str, Any]) -> None:
        """An object is shown flat, whole or filtered, as by the original, put together from its shares."""
        shown = await told(case, with_state=False).json(path_of(case, case.get("filters", "flat")))

        assert shown in wanted(case, "flat")

    @pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["id"])
    async def test_flat_from_its_state(self, case: Mapping[str, Any]) -> None:
        """It is the same from its state."""
        shown = await told(case, with_state=True).json(path_of(case, "flat"))

        assert shown in wanted(case, "flat")

    @pytest.mark.parametrize("case", STRUCTURED, ids=lambda case: case["id"])
    async def test_structured(self, case: Mapping[str, Any]) -> None:
        """Without parameters an object is shown with types and sources as by the original."""
        shown = await told(case, with_state=True).json(path_of(case, ""))

        assert shown in wanted(case, "nonflat")
