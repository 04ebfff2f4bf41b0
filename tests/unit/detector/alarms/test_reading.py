import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from satark.detector.alarms.model import AlarmRule
from satark.detector.alarms.reading import MAX_MISTAKES, RulesError, load, schema
from tests.support.environment import REPOSITORY
from tests.unit.detector.alarms.worlds import ALARM_FILES, DATA, VALUES, rule

BAD = sorted((DATA / "alarms" / "bad").glob("*.yaml"))


def written(*rules: AlarmRule) -> bytes:
    """Return a file of rules."""
    return yaml.safe_dump({"version": 1, "alarms": msgspec.to_builtins(rules)}).encode()


def mistakes(**files: bytes) -> list[str]:
    """Return the mistakes of files."""
    try:
        load(files)
    except RulesError as error:
        return [str(one) for one in error.mistakes]
    return []


class TestLoad:
    def test_round_trip(self) -> None:
        """What is written is read."""
        rules = (rule(), rule(name="other", flaps={"times": 3, "within_s": 60.0}, enabled=False))

        assert rules == load({"a.yaml": written(rules[0]), "b.yaml": written(rules[1])})

    @pytest.mark.parametrize("file", BAD, ids=lambda path: path.stem)
    def test_corpus(self, file: Path) -> None:
        """Every mistake of a bad file is told, each with file and line."""
        expected = file.with_suffix(".txt").read_text().splitlines()

        assert expected == mistakes(**{file.name: file.read_bytes()})

    def test_rejected_whole(self) -> None:
        """A mistake in one file rejects all."""
        assert mistakes(good=written(rule()), bad=b"version: 1\n") == ["bad:1: alarms: is missing"]

    def test_given_twice(self) -> None:
        """Two rules of one name are a mistake, told with the place of the first."""
        assert mistakes(a=written(rule()), b=written(rule())) == [
            "b:2: default-global-system-config:test is there already, in a:2"
        ]

    def test_no_yaml(self) -> None:
        """A file that is no YAML is told with the line."""
        assert mistakes(a=b"version: 1\nalarms: [") == ["a:2: expected the node content, but found '<stream end>'"]

    def test_bounded(self) -> None:
        """Of very many mistakes the first are told."""
        assert len(mistakes(a=b"version: 1\nalarms:\n" + b"  - x\n" * 900)) == MAX_MISTAKES

    @settings(deadline=None)
    @given(st.dictionaries(st.sampled_from(["version", "alarms", "x"]), VALUES, max_size=3) | VALUES)
    def test_anything(self, value: Any) -> None:
        """Any document is rules or mistakes."""
        found = mistakes(a=yaml.safe_dump(value).encode())

        assert all(one.startswith("a:") for one in found)

    @settings(deadline=None)
    @given(st.sampled_from(["name", "severity", "uve_keys", "or_list", "flaps", "parent", "activate_after_s"]), VALUES)
    def test_any_member(self, member: str, value: Any) -> None:
        """Any value of a member is right or a mistake."""
        document = {"version": 1, "alarms": [msgspec.to_builtins(rule()) | {member: value}]}

        assert all(one.startswith("a:") for one in mistakes(a=yaml.safe_dump(document).encode()))


class TestSchema:
    def test_committed(self) -> None:
        """The committed schema is that of the types."""
        committed = REPOSITORY / "schemas" / "alarms" / "alarm-rules.schema.json"

        assert json.loads(committed.read_text()) == json.loads(json.dumps(schema()))

    @pytest.mark.parametrize("file", ALARM_FILES, ids=lambda path: path.stem)
    def test_shipped_files(self, file: Path) -> None:
        """The files that are shipped are valid."""
        Draft202012Validator(schema()).validate(yaml.safe_load(file.read_text()))

    def test_it_is_strict(self) -> None:
        """An unknown member and a second operand of both kinds are refused."""
        validator = Draft202012Validator(schema())
        both = {"uve_attribute": "A", "json_value": "1"}
        condition = {"operand1": "A", "operation": "==", "operand2": both}
        document = {"version": 1, "alarms": [msgspec.to_builtins(rule()) | {"or_list": [{"and_list": [condition]}]}]}

        assert not validator.is_valid(document)
        assert not validator.is_valid({"version": 1, "alarms": [msgspec.to_builtins(rule()) | {"x": 1}]})
