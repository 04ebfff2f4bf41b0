from pathlib import Path

import pytest

from satark.standalone.check import contradictions, mistakes, strangers
from satark.standalone.plan import CLI, Facts, ProcessPlan, first_stage, generators, second_stage


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
        found = "\n".join(_mistakes({"SATARK_DETECTOR_BATCH": "many"}, demo=False))

        for name in ("SATARK_POLLER_*: neither VCO_URL", "SATARK_NOTIFIER_SMTP_URL", "SATARK_DETECTOR_BATCH"):
            assert name in found

    def test_a_shared_mistake_is_said_once(self) -> None:
        """Three services read the log level; one line is enough."""
        found = [line for line in _mistakes({"SATARK_LOG_LEVEL": "loud"}, demo=True) if "SATARK_LOG_LEVEL" in line]

        assert 1 == len(found)

    def test_a_misspelt_group_is_named(self) -> None:
        """SATARK_POLER_ looks like SATARK_POLLER_, and is said once although every service reads the environment."""
        found = [line for line in _mistakes({"SATARK_POLER_VCO_URL": "x"}, demo=True) if "POLER" in line]

        assert ["SATARK_POLER_VCO_URL is no setting: did you mean SATARK_POLLER_VCO_URL?"] == found

    def test_the_demo_runs_beside_real_settings(self) -> None:
        """Credentials of a real orchestrator and mail server do not contradict the demo's."""
        environ = {
            "VCO_TOKEN": "t",
            "SATARK_POLLER_VCO_TOKEN_FILE": "/nowhere",
            "EMAIL_SENDER_PASSWORD": "p",
            "SATARK_NOTIFIER_SMTP_CA_FILE": "/nowhere",
        }

        assert [] == _mistakes(environ, demo=True)

    def test_a_service_that_is_not_installed_is_named(self) -> None:
        """Together with the way to install it."""
        (line,) = mistakes([ProcessPlan("teapot", CLI, ("teapot",), {})])

        assert line.startswith("satark-teapot is not installed: pip install")

    def test_a_command_that_is_no_service_is_fine(self) -> None:
        """The simulated daemons have arguments and no settings."""
        assert [] == mistakes([generators({}, Path("/run/satark"), "127.0.0.1:8086")])


class TestContradictions:
    @pytest.mark.parametrize("protocol", ["SSL", "SASL_SSL"])
    def test_the_embedded_broker_speaks_plainly(self, protocol: str) -> None:
        """Encryption is asked for, but no broker is named."""
        (line,) = contradictions({"SATARK_KAFKA_SECURITY_PROTOCOL": protocol})

        assert "SATARK_KAFKA_BROKERS is missing" in line

    @pytest.mark.parametrize(
        "environ",
        [
            {},
            {"SATARK_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"},
            {"SATARK_KAFKA_SECURITY_PROTOCOL": "SSL", "SATARK_KAFKA_BROKERS": "kafka:9093"},
        ],
    )
    def test_plain_or_own(self, environ: dict[str, str]) -> None:
        """Plain connections, and the user's own Kafka, are fine."""
        assert [] == contradictions(environ)


class TestStrangers:
    def test_a_name_of_no_service(self) -> None:
        """--check names what nobody reads, with what was meant where that is clear."""
        environ = {"SATARK_POLLER_VCO_ULR": "x", "SATARK_TEAPOT": "x"}

        assert [
            "SATARK_POLLER_VCO_ULR is no setting: did you mean SATARK_POLLER_VCO_URL?",
            "SATARK_TEAPOT is no setting",
        ] == strangers(environ)

    @pytest.mark.parametrize(
        "name",
        ["SATARK_VERSION", "SATARK_SIMULATE_VCO_RATE", "SATARK_POLLER_VCO_TOKEN_FILE", "SATARK_LOG_LEVEL", "HOME"],
    )
    def test_a_name_of_somebody(self, name: str) -> None:
        """Settings of services that do not run, the names of compose, and everybody else's are fine."""
        assert [] == strangers({name: "x"})
