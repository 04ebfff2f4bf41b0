import pytest
from prometheus_client import REGISTRY

from satark.notifier import pictures
from satark.notifier.events import Event
from tests.unit.notifier.scenes import WRITTEN, opened

FAILED = "satark_notifier_charts_failed_total"


class TestPicture:
    def test_is_the_chart(self) -> None:
        """Of an incident with samples there is a picture."""
        picture = pictures.picture(opened(), WRITTEN)

        assert picture is not None
        assert picture.png

    def test_failure_costs_the_picture_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A library that cannot be loaded is counted, and the mail goes without a picture."""

        def broken(_event: Event, _now: object) -> None:
            raise OSError("no folder to write to")

        before = REGISTRY.get_sample_value(FAILED) or 0.0
        monkeypatch.setattr(pictures, "chart", broken)

        assert pictures.picture(opened(), WRITTEN) is None
        assert REGISTRY.get_sample_value(FAILED) == before + 1
