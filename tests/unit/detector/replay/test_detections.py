from pathlib import Path

import pytest

from satark.detector.replay.detections import chosen
from satark.detector.rules.model import Method, SeedParameters
from satark.detector.settings import DetectorSettings
from satark.runtime.documents.mistakes import WrongFileError
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK
from tests.unit.detector.replay.links import CALM, LABELS

OURS = """
version: 1
rules:
  - name: ours
    match: {kind: wan-link}
    metrics:
      latency_ms: {critical_factor: 9}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A file of rules that says nothing of methods."""
    path = tmp_path / "ours.yaml"
    path.write_text(OURS)
    return path


class TestChosen:
    def test_the_running_rules_are_those_of_the_settings(self, rules: Path) -> None:
        """Without a file those count that a detector of the settings has."""
        assert chosen(DetectorSettings()).name == "the built-in rules (robust)"
        assert chosen(DetectorSettings(method="seed")).name == "the built-in rules (seed)"
        assert chosen(DetectorSettings(rules=rules)).name == str(rules)

    def test_a_file_that_is_named_counts_first(self, rules: Path, tmp_path: Path) -> None:
        """A file that is named replaces that of the settings."""
        calm = tmp_path / "calm.yaml"
        calm.write_text(CALM)

        plan = chosen(DetectorSettings(rules=rules), calm).rules.plan(WAN_LINK, LABELS)

        assert plan.rules == ("calm",)

    def test_a_method_changes_all_normals(self, rules: Path) -> None:
        """With a method all normals are found by it, with the parameters that suit the metric; all else stays."""
        own = chosen(DetectorSettings(), rules).rules.plan(WAN_LINK, LABELS)
        changed = chosen(DetectorSettings(), rules, Method.SEED)
        plan = changed.rules.plan(WAN_LINK, LABELS)
        latency, was = plan.metric(LATENCY_MS_RX), own.metric(LATENCY_MS_RX)

        assert changed.name == f"{rules} (seed)"
        assert latency is not None
        assert was is not None
        assert (was.method, latency.method, latency.seed.floor) == (Method.ROBUST, Method.SEED, 5)
        assert latency.critical_factor == was.critical_factor == 9
        assert latency.limit == was.limit
        assert plan is changed.rules.plan(WAN_LINK, dict(LABELS))

    def test_own_parameters_stay(self, tmp_path: Path) -> None:
        """Parameters of the method that the file gives are not replaced."""
        calm = tmp_path / "calm.yaml"
        calm.write_text(CALM)

        latency = chosen(DetectorSettings(), calm, Method.SEED).rules.plan(WAN_LINK, LABELS).metric(LATENCY_MS_RX)

        assert latency is not None
        assert latency.seed == SeedParameters(floor=5, factor=20)

    def test_what_has_no_normal_gets_none(self) -> None:
        """A metric that only limits judge has no method afterwards either."""
        plan = chosen(DetectorSettings(), None, Method.SEED).rules.plan("orchestrator", {})
        failed = plan.metric("failed_cycles")

        assert failed is not None
        assert failed.method is Method.NONE

    def test_wrong_rules_are_told(self, tmp_path: Path) -> None:
        """A file that is wrong is refused whole."""
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text("version: 1\nrules: 5\n")

        with pytest.raises(WrongFileError, match=r"wrong\.yaml:2"):
            chosen(DetectorSettings(), wrong)
