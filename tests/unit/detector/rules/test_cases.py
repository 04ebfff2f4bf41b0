import pytest

from satark.detector.rules import default_rulebook, read
from satark.detector.rules.cases import read_cases
from satark.runtime.documents.mistakes import WrongFileError

RULES = read(
    """
version: 1
maintenance:
  - {name: night, from: 2026-11-29T02:00, duration: 1h}
rules:
  - name: mine
    match: {class: lte}
    flapping: {transitions: 4}
    evidence: 1h
    metrics:
      latency_ms: {method: seed, limit: off, seed: {history: 2h}}
      jitter_ms_rx: off
""",
    "rules.yaml",
)
NO_OFFSET = "expected a time such as 2026-11-29T02:30Z, not 2026-11-29T02:30: it needs an offset or Z"


def failures(expect: str, labels: str = "{link: LTE}", kind: str = "wan-link") -> list[str]:
    """Return what is not as expected, without the file's name."""
    text = f"cases:\n  - {{name: a, kind: {kind}, labels: {labels}, expect: {expect}}}\n"
    file = read_cases(text.encode(), "t")
    (case,) = file.cases
    return [f"{one.path.removeprefix('cases[0].expect.')}: {one.text}" for one in file.failures(case, RULES)]


class TestFailures:
    @pytest.mark.parametrize(
        "expect",
        [
            "{}",
            "{class: lte, rules: [builtin/wan-link, builtin/lte, builtin/silence, mine]}",
            "{metrics: {latency_ms_rx: {method: seed, limit: off, seed: {history: 7200, factor: 2}}}}",
            "{metrics: {jitter_ms_rx: off, jitter_ms_tx: {method: robust, limit: {above: 100, bad: 6, of: 6}}, x: off}}",
            "{flapping: {transitions: 4}, evidence: 1h}",
            "{in_maintenance: 2026-11-29T03:14+00:00, not_in_maintenance: [2026-11-29T03:15Z, 2026-11-30T02:30Z]}",
        ],
    )
    def test_none(self, expect: str) -> None:
        """What is as expected fails nothing; what is not named may be anything."""
        assert failures(expect) == []

    @pytest.mark.parametrize(
        ("expect", "expected"),
        [
            ("{class: none}", ["class: expected none, not lte"]),
            (
                "{rules: [mine]}",
                ["rules: expected mine, not builtin/wan-link, builtin/lte, builtin/silence, mine"],
            ),
            (
                "{metrics: {latency_ms_rx: {limit: {above: 40}, seed: {history: 1h}}}}",
                [
                    "metrics.latency_ms_rx.limit.above: expected 40, not off, which mine sets",
                    "metrics.latency_ms_rx.seed.history: expected 3600, not 7200, which mine sets",
                ],
            ),
            (
                "{metrics: {jitter_ms_rx: {method: robust}}}",
                ["metrics.jitter_ms_rx.method: expected robust, not off, which mine sets"],
            ),
            (
                "{metrics: {loss_pct_tx: off}}",
                ["metrics.loss_pct_tx: expected off, not a table, which builtin/lte sets"],
            ),
            (
                "{metrics: {loss_pct_tx: {material: 2}}}",
                ["metrics.loss_pct_tx.material: expected 2, not nothing, which the default sets"],
            ),
            (
                "{flapping: {calm: 2h}, evidence: 2h}",
                ["flapping.calm: expected 7200, not 3600", "evidence: expected 7200, not 3600"],
            ),
            ("{in_maintenance: 2026-11-30T02:30Z}", ["in_maintenance: 2026-11-30T02:30Z: it is in no window"]),
            (
                "{not_in_maintenance: [2026-11-28T02:30Z, 2026-11-29T02:30Z]}",
                ["not_in_maintenance[1]: 2026-11-29T02:30Z: it is in night"],
            ),
        ],
    )
    def test_told(self, expect: str, expected: list[str]) -> None:
        """What is otherwise is told at its place, with the rule that says so."""
        assert expected == failures(expect)

    def test_other_entities(self) -> None:
        """An entity is what the test says; without labels it has none."""
        assert failures("{class: none, metrics: {latency_ms_rx: off}}", labels="{}", kind="uve") == []


class TestRead:
    def test_rules(self) -> None:
        """A file names the rules that it tests, or means the built-in ones."""
        case = "cases: [{name: a, expect: {class: none}}]"

        assert read_cases(f"rules: rules.yaml\n{case}".encode(), "t").rules == "rules.yaml"
        builtin = read_cases(case.encode(), "t")
        assert builtin.rules is None
        assert builtin.failures(builtin.cases[0], default_rulebook()) == ()

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("cases: []", ["t:1:8: cases: expected 1 to 1000 members, not 0"]),
            ("cases: [", ["t:1:9: expected the node content, but found '<stream end>'"]),
            (
                "rules: r",
                ["t:1:1: cases: is missing; expected a list; each member a table of name, kind, labels, expect"],
            ),
            (
                "cases: [{name: a, expect: {metrics: {x: {limit: {for: 10m}}}}}]",
                ["t:1:50: cases[0].expect.metrics.x.limit.for: unknown; there are above, bad, of, good, severity"],
            ),
            (
                "cases: [{name: a, expect: {in_maintenance: 2026-11-29T02:30}}]",
                [f"t:1:44: cases[0].expect.in_maintenance: {NO_OFFSET}"],
            ),
        ],
    )
    def test_mistakes(self, text: str, expected: list[str]) -> None:
        """A file of tests that is wrong is told as a file of rules is."""
        with pytest.raises(WrongFileError) as caught:
            read_cases(text.encode(), "t")

        assert expected == [str(one) for one in caught.value.mistakes]
