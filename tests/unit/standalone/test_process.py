import pytest

from satark.standalone.process import unmet


class TestUnmet:
    def test_reasons(self) -> None:
        """Only what does not hold is named, with its reason."""
        report = {
            "ready": False,
            "conditions": [
                {"name": "kafka", "ready": True, "reason": ""},
                {"name": "vco", "ready": False, "reason": "nobody answers"},
                {"name": "inventory", "ready": False, "reason": ""},
            ],
        }

        assert "vco: nobody answers; inventory: not ready" == unmet(report)

    @pytest.mark.parametrize("report", [{}, {"conditions": None}, {"conditions": ["?"]}, [], None, "?"])
    def test_something_else(self, report: object) -> None:
        """Whatever the ops port says, this answers."""
        assert "no condition yet" == unmet(report)
