from pathlib import Path

import pytest

from satark.detector.judging.rulebooks import first_rulebook
from satark.detector.rules import Method
from satark.detector.rules.file import RulesFile
from satark.detector.settings import DetectorSettings
from satark.runtime.settings import SettingsError, load

LINK = {"edge": "LDN", "link": "Broadband B"}


def _mistakes(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load("detector", DetectorSettings, {f"SATARK_DETECTOR_{name}": value for name, value in environ.items()})
    return caught.value.mistakes


def _method(settings: DetectorSettings) -> Method:
    plan = first_rulebook(settings, RulesFile(settings.rules)).plan("wan-link", LINK).metric("latency_ms_rx")
    assert plan is not None
    return plan.method


@pytest.mark.parametrize(("method", "expected"), [(None, Method.ROBUST), ("seed", Method.SEED)])
def test_the_method_chooses_the_built_in_rules(method: str | None, expected: Method) -> None:
    """Links are judged by the robust method unless the seed's is asked for."""
    environ = {} if method is None else {"SATARK_DETECTOR_METHOD": method}

    assert expected == _method(load("detector", DetectorSettings, environ))


def test_a_file_of_rules_decides(tmp_path: Path) -> None:
    """What it says of a link holds, on top of the built-in rules."""
    file = tmp_path / "rules.yaml"
    file.write_text("version: 1\nrules: [{name: mine, metrics: {latency_ms: {method: seed}}}]\n")

    assert Method.SEED == _method(DetectorSettings(rules=file))


@pytest.mark.parametrize("text", ["version: 1\nrules: [{name: mine, metrics: {latency_ms: {metod: seed}}}]\n", None])
def test_a_wrong_file_stops_the_start(tmp_path: Path, text: str | None) -> None:
    """Its mistakes are told as those of settings are, with file and line; so is that it is not there."""
    file = tmp_path / "rules.yaml"
    if text is not None:
        file.write_text(text)

    with pytest.raises(SettingsError) as caught:
        first_rulebook(DetectorSettings(rules=file), RulesFile(file))
    assert all(str(file) in mistake for mistake in caught.value.mistakes)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"METHOD": "oracle"}, "SATARK_DETECTOR_METHOD"),
        ({"BATCH": "0"}, "SATARK_DETECTOR_BATCH"),
        ({"STORE": "paper"}, "SATARK_DETECTOR_STORE"),
        ({"FACTOR": "2"}, "SATARK_DETECTOR_FACTOR"),
    ],
)
def test_a_mistake_is_named(environ: dict[str, str], named: str) -> None:
    """Wrong values and names that are no settings come with the name of their variable."""
    assert any(named in mistake for mistake in _mistakes(**environ))
