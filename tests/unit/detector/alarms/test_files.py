from pathlib import Path

import pytest
import yaml

from satark.detector.alarms.files import RuleFile, builtin_rules, rules_of
from satark.detector.alarms.reading import RulesError

OWN = {
    "name": "busy",
    "severity": "minor",
    "uve_keys": ["vrouter"],
    "or_list": [{"and_list": [{"operand1": "A.n", "operation": ">", "operand2": {"json_value": "5"}}]}],
}


def write(path: Path, *rules: object) -> Path:
    """Write a file of rules."""
    path.write_text(yaml.safe_dump({"version": 1, "alarms": list(rules)}))
    return path


def test_own_rules_are_beside_the_built_in(tmp_path: Path) -> None:
    """Both are in force."""
    rules = rules_of(write(tmp_path / "own.yaml", OWN))

    assert {rule.type for rule in builtin_rules()} < {rule.type for rule in rules}
    assert "default-global-system-config:busy" in {rule.type for rule in rules}


def test_an_own_rule_takes_the_place_of_a_built_in(tmp_path: Path) -> None:
    """The way to switch one off, or to change its severity."""
    name = "system-defined-node-status"
    rules = rules_of(write(tmp_path / "own.yaml", OWN | {"name": name, "enabled": False}))

    assert [False] == [rule.enabled for rule in rules if rule.name == name]
    assert len(builtin_rules()) == len(rules)


def test_a_file_that_changes_is_noticed(tmp_path: Path) -> None:
    """Also one that goes, and one whose content is wrong is not looked at twice."""
    path = write(tmp_path / "own.yaml", OWN)
    file = RuleFile(path)
    file.read()
    assert not file.is_changed

    path.write_text("version: 1\nalarms: 7\n")
    assert file.is_changed
    with pytest.raises(RulesError):
        file.read()
    assert not file.is_changed

    path.unlink()
    assert file.is_changed
    with pytest.raises(RulesError, match="cannot be read: No such file"):
        file.read()


def test_without_a_file_nothing_changes() -> None:
    """The built-in rules alone are in force."""
    file = RuleFile(None)
    file.read()

    assert not file.is_changed
