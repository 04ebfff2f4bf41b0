import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from satark.analytics.export.families import CUT, ENDED, SERIES
from satark.analytics.export.naming import metric_of
from satark.runtime.docsgen.catalogue import catalogue
from satark.runtime.docsgen.metrics import metrics_page
from satark.schemas.metrics import BANDWIDTH_BPS_RX, THROUGHPUT_BPS_RX, WAN_LINK, WAN_LINK_METRICS
from tests.support.environment import REPOSITORY

DASHBOARD = json.loads((REPOSITORY / "deploy" / "monitoring" / "dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
NAME = re.compile(r"\bsatark_[a-z0-9_]+")
SUFFIX = re.compile(r"_(bucket|sum|count)$")


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The names of all metrics that processes and the export have."""
    served = set(NAME.findall(metrics_page(catalogue().metrics)))
    links = {metric_of(WAN_LINK, name)[0] for name in (*WAN_LINK_METRICS, THROUGHPUT_BPS_RX, BANDWIDTH_BPS_RX)}
    return served | links | {CUT, ENDED, SERIES}


def expressions() -> Iterator[str]:
    """Yield every expression of the dashboard."""
    for panel in PANELS:
        yield from (target["expr"] for target in panel["targets"])
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]


@pytest.mark.parametrize("expression", list(expressions()))
def test_every_metric_of_it_exists(expression: str, known: set[str]) -> None:
    """The dashboard asks only for metrics that somebody has."""
    names = {name if name in known else SUFFIX.sub("", name) for name in NAME.findall(expression)}

    assert names
    assert names - known == set()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_every_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    """A panel has a title, a description, a unit, and the data source that was chosen."""
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}


def test_panels_do_not_overlap() -> None:
    """No two panels share a place, and none is twice."""
    places: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        grid = panel["gridPos"]
        own = {(grid["x"] + x, grid["y"] + y) for x in range(grid["w"]) for y in range(grid["h"])}

        assert not own & places
        places |= own

    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
