import pytest

from satark.schemas.codec import UndecodableEventError, decode, encode
from satark.schemas.metrics import MetricSample
from satark.schemas.names import METRIC_PATTERN, Names
from satark.schemas.topics import METRICS
from tests.unit.detector.worlds import at


class TestNames:
    def test_the_first_wrong_one_is_named(self) -> None:
        """Good ones before and after it do not hide it, the first time or later."""
        names = Names(METRIC_PATTERN)

        assert [None, "B c", "B c"] == [names.first_wrong(each) for each in (["a"], ["a", "B c", "d"], ["a", "B c"])]

    def test_what_is_remembered_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Names without end do not fill the memory, and are still told apart."""
        monkeypatch.setattr("satark.schemas.names.MAX_KNOWN", 10)
        names = Names(METRIC_PATTERN)
        for number in range(1000):
            assert names.first_wrong([f"m{number}"]) is None

        assert len(names._known) <= 11
        assert "X" == names.first_wrong(["X"])


class TestDecoding:
    @pytest.mark.parametrize(("member", "wrong"), [("metrics", "Latency"), ("labels", "the edge"), ("metrics", "")])
    def test_a_sample_with_a_wrong_name_is_invalid(self, member: str, wrong: str) -> None:
        """The name and its place are told."""
        parts = {"metrics": {"ok": 1.0}, "labels": {"edge": "x"}}
        good = MetricSample.of(entity="e", kind="k", time=at(0), interval_s=60, **parts)  # type: ignore[arg-type]
        value = encode(good, source="/x").value.replace(
            b'"ok"' if member == "metrics" else b'"edge"', f'"{wrong}"'.encode()
        )

        with pytest.raises(UndecodableEventError, match=rf"invalid: '{wrong}' is no name of {member}"):
            decode(METRICS, value)
