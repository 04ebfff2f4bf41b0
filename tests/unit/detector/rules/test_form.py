"""The JSON schema of rules: made of the same description that files are read by."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from satark.detector.rules import default_text, read
from satark.detector.rules.form import schema
from satark.runtime.documents.mistakes import WrongFileError
from tests.support.environment import REPOSITORY

COMMITTED = REPOSITORY / "schemas" / "rules" / "rules.schema.json"
BAD = sorted((REPOSITORY / "tests" / "data" / "rules" / "bad").glob("*.yaml"))
STRUCTURE = {"unknown-members", "wrong-version", "no-version", "kinds-of-values", "not-a-table", "empty"}
VALIDATOR = Draft202012Validator(schema())
METRIC = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["robust", "seed", "none", "fast"]),
        "material": st.integers(-1, 3),
        "limit": st.sampled_from([False, "off", {"above": 3}, {"above": 3, "for": "10m"}, {"above": 3, "good": 0}, 40]),
        "rate": st.sampled_from([{"rise": 3, "over": "1h"}, {"rise": 0, "over": "1h"}, {"rise": 3, "over": "1 hour"}]),
        "seed": st.sampled_from([{"factor": 2, "history": 7200}, {"min_samples": 1}, {}]),
    },
)


class TestSchema:
    def test_committed(self) -> None:
        """The committed schema is that of the description; `satark rules show --schema` prints it."""
        assert json.loads(COMMITTED.read_text()) == json.loads(json.dumps(schema()))

    def test_is_a_schema(self) -> None:
        """It is a schema itself."""
        Draft202012Validator.check_schema(schema())

    def test_builtin_rules(self) -> None:
        """The built-in rules are valid."""
        VALIDATOR.validate(yaml.safe_load(default_text()))

    @pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
    def test_bad_files(self, path: Path) -> None:
        """It finds what is wrong with the members of a file; what they come to together only the program can tell."""
        try:
            document = yaml.safe_load(path.read_text())
        except yaml.YAMLError:
            return

        assert path.stem not in STRUCTURE or not VALIDATOR.is_valid(document)

    @settings(deadline=None)
    @given(METRIC)
    def test_as_read(self, metric: dict[str, Any]) -> None:
        """What the schema takes of a metric the program takes as well, and what it refuses so does the program."""
        document = {"version": 1, "rules": [{"name": "a", "metrics": {"latency_ms": metric}}]}
        try:
            read(yaml.safe_dump(document), "f")
            is_right = True
        except WrongFileError:
            is_right = False

        assert is_right is VALIDATOR.is_valid(document)
