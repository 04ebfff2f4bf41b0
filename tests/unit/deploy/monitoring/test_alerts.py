import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from satark.runtime.docsgen.catalogue import catalogue
from tests.support.environment import REPOSITORY
from tests.unit.deploy.monitoring.pages import anchors
from tests.unit.deploy.monitoring.series import known, selectors, strange

FILE = REPOSITORY / "deploy" / "monitoring" / "alerts.yaml"
CASES = REPOSITORY / "tests" / "data" / "monitoring" / "alerts.test.yaml"
RULES: list[dict[str, Any]] = [rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]]
RUNBOOK = REPOSITORY / "docs" / "how-to" / "run-it.md"
NEEDED = {
    "satark_consumer_lag_records",
    "satark_poller_data_age_seconds",
    "satark_events_dead_lettered_total",
    "satark_notifier_notifications_failed_total",
    "satark_notifier_target_failing",
    "satark_notifier_pending",
    "satark_analytics_store_failures_total",
    "satark_gateway_messages_dropped_total",
    "satark_consumer_rebalances_total",
    "process_start_time_seconds",
}
PLACEHOLDER = re.compile(r"\{\{ \$labels\.(\w+)")

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])


@every_rule
def test_a_rule_asks_for_what_there_is(rule: dict[str, Any]) -> None:
    """Each metric and each label of an expression is one that the code has."""
    assert [] == strange(rule["expr"], known())


@every_rule
def test_a_rule_says_what_is_wrong_and_where_to_read_on(rule: dict[str, Any]) -> None:
    """It has a gravity, two texts, and a place in the runbook that exists."""
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["annotations"]["description"].endswith(".")
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert page == str(RUNBOOK.relative_to(REPOSITORY))
    assert anchor in anchors(RUNBOOK.read_text())


@every_rule
def test_a_text_names_only_labels_that_are_left(rule: dict[str, Any]) -> None:
    """What an aggregation takes away would be empty in the text."""
    named = set(PLACEHOLDER.findall(" ".join(rule["annotations"].values())))
    grouped = re.findall(r"by \(([^)]*)\)", rule["expr"])
    kept = set.intersection(*(set(re.split(r",\s*", labels)) for labels in grouped)) if grouped else None

    assert kept is None or named <= kept


def test_names_are_unique_and_all_that_matters_is_watched() -> None:
    """Lag, data, dead letters, mails, the store, drops, rebalances and restarts."""
    names = [rule["alert"] for rule in RULES]
    watched = {each.name for rule in RULES for each in selectors(promql_parser.parse(rule["expr"]))}

    assert len(names) == len(set(names))
    assert NEEDED <= watched


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on this machine (make alerts-tools)")
@pytest.mark.parametrize(("what", "file"), [("check", FILE), ("test", CASES)], ids=["syntax", "cases"])
def test_promtool_is_content(what: str, file: Path) -> None:
    """Prometheus' own tool takes the rules, and each fires when its case says so."""
    done = subprocess.run(["promtool", what, "rules", str(file)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_runbook_has_a_place_for_each_alert() -> None:
    """Each alert is named there, and each command that it names exists."""
    text = RUNBOOK.read_text()
    commands = set(re.findall(r"\bsatark ([a-z][a-z-]+)", text))

    assert [] == [rule["alert"] for rule in RULES if f"`{rule['alert']}`" not in text]
    assert set() == commands - set(catalogue().commands)
