import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from satark.uve import views
from satark.uve.filters import filters_of
from satark.uve.told import Withdrawal, told_of
from satark.uve.uve import Uve
from satark.uve.uves import Uves
from tests.support.shares import share_said

DATA = Path(__file__).parents[2] / "data" / "analytics"
CASES = [json.loads(line) for line in (DATA / "uve-golden.jsonl").read_text().splitlines()]
SESSION = 7


def replayed(case: Mapping[str, Any]) -> Uve:
    """The object as it is after the steps of a case."""
    uves = Uves()
    for number, step in enumerate(case["steps"], 1):
        if step["op"] == "disconnect":
            uves.withdraw(Withdrawal(generator=step["generator"], through=SESSION))
        else:
            share = share_said(step["xml"], step["generator"], session=SESSION, number=number, timestamp_us=step["ts"])
            uves.apply(told_of(share), seen_us=0)
    return uves[case["key"]] if case["key"] in uves else Uve()


def wanted(case: Mapping[str, Any], rendering: str) -> list[Any]:
    """What the original showed; where it is wrong, what it should have shown."""
    if f"target_{rendering}" in case:
        return [case[f"target_{rendering}"]]
    return [case[rendering], *case.get(f"{rendering}_also_seen", ())]


class TestGoldenCases:
    def test_all_are_there(self) -> None:
        """Each is another; each says what is shown flat."""
        assert len({case["id"] for case in CASES}) == 43

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
    def test_flat(self, case: Mapping[str, Any]) -> None:
        """An object is shown flat as by the original."""
        filters = filters_of(dict(pair.split("=") for pair in case.get("filters", "").split("&") if pair))

        assert views.flat(replayed(case), filters) in wanted(case, "flat")

    @pytest.mark.parametrize("case", [case for case in CASES if "nonflat" in case], ids=lambda case: case["id"])
    def test_structured(self, case: Mapping[str, Any]) -> None:
        """An object is shown with types and sources as by the original."""
        shown = views.structured(replayed(case))

        if "__exception" in case["nonflat"]:
            assert shown["Vn"]["in_stats"] == case["flat"]["Vn"]["in_stats"]
        else:
            assert shown in wanted(case, "nonflat")
