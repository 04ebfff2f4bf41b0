from pathlib import Path

from satark.standalone.check import mistakes
from satark.standalone.plan import Facts, first_stage, second_stage


def _mistakes(environ: dict[str, str], *, demo: bool) -> list[str]:
    facts = Facts("127.0.0.1:9092", 1, 1, 1)
    run = Path("/run/satark")
    plans = first_stage(environ, run, demo=demo) + second_stage(environ, run, facts, demo=demo)
    return mistakes(plans)


class TestMistakes:
    def test_the_demo_needs_no_settings(self) -> None:
        """An empty environment is a fine demo."""
        assert [] == _mistakes({}, demo=True)

    def test_all_services_are_checked_at_once(self) -> None:
        """Missing settings of the poller and the notifier, and a wrong one of the detector, come in one answer."""
        found = "\n".join(_mistakes({"SATARK_DETECTOR_FACTOR": "many"}, demo=False))

        for name in ("SATARK_POLLER_VCO_URL", "SATARK_NOTIFIER_SMTP_URL", "SATARK_DETECTOR_FACTOR"):
            assert name in found

    def test_a_shared_mistake_is_said_once(self) -> None:
        """Three services read the log level; one line is enough."""
        found = [line for line in _mistakes({"SATARK_LOG_LEVEL": "loud"}, demo=True) if "SATARK_LOG_LEVEL" in line]

        assert 1 == len(found)

    def test_a_misspelt_group_is_named(self) -> None:
        """SATARK_POLER_ looks like SATARK_POLLER_, and is said once although every service reads the environment."""
        found = [line for line in _mistakes({"SATARK_POLER_VCO_URL": "x"}, demo=True) if "POLER" in line]

        assert ["SATARK_POLER_VCO_URL is no setting: did you mean SATARK_POLLER_VCO_URL?"] == found
