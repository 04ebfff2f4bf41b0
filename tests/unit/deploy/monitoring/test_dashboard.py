import json
import re
from typing import Any

import promql_parser
import pytest

from tests.support.environment import REPOSITORY
from tests.unit.deploy.monitoring.series import known, selectors, strange

DASHBOARD = json.loads((REPOSITORY / "deploy" / "monitoring" / "dashboard.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
VARIABLE = re.compile(r"label_values\((\w+), (\w+)\)")
NEEDED = {
    "satark_notifier_messages_total",
    "satark_notifier_target_failing",
    "satark_notifier_open_incidents",
    "satark_notifier_charts_failed_total",
    "satark_notifier_templates_broken_total",
    "satark_analytics_store_failures_total",
}
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_asks_for_what_there_is(expression: str) -> None:
    """Each metric and each label of an expression is one that somebody has."""
    assert [] == strange(expression, known())


def test_its_variables_are_labels_that_there_are() -> None:
    """A choice is made of the values of a metric's label."""
    queries = [v["query"]["query"] for v in DASHBOARD["templating"]["list"] if v["type"] == "query"]
    found = [VARIABLE.fullmatch(query) for query in queries]

    assert queries
    assert [] == [m for m in found if m is None or m[2] not in known()[m[1]]]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_legend_names_only_labels_that_are_left(panel: dict[str, Any]) -> None:
    """What an aggregation takes away would be empty in the legend."""
    for target in panel["targets"]:
        named = set(re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")))
        grouped = re.findall(r"by \(([^)]*)\)", target["expr"])

        assert not grouped or named <= set(re.split(r",\s*", grouped[0]))


def test_what_matters_has_a_panel() -> None:
    """What the notifier and the store say of their troubles is shown."""
    shown = {each.name for expression in EXPRESSIONS for each in selectors(promql_parser.parse(expression))}

    assert NEEDED <= shown


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
