import argparse
from pathlib import Path

import pytest

from satark.simulators.generators.options import OptionsError, configure, options
from satark.simulators.generators.scenario import DEMO_ANOMALIES, Anomaly, Fault


def parsed(*arguments: str) -> argparse.Namespace:
    """Return what argparse makes of arguments."""
    parser = argparse.ArgumentParser()
    configure(parser)
    return parser.parse_args(arguments)


class TestOptions:
    def test_defaults(self) -> None:
        """Without arguments it is a small demo for the collector of this host."""
        asked = options(parsed())

        assert ("127.0.0.1:8086",) == asked.collectors
        assert ("demo", 10, 5) == (asked.scenario.name, asked.scenario.generators, asked.scenario.objects)
        assert DEMO_ANOMALIES == asked.scenario.anomalies
        assert asked.duration_s is None

    def test_everything(self, tmp_path: Path) -> None:
        """Arguments change the scenario; a rate is meant in real seconds."""
        ca = tmp_path / "ca.pem"
        ca.touch()
        asked = options(
            parsed(
                *("--collector", "a:1", "--collector", "[::1]:2", "--count", "50", "--objects", "7"),
                *("--scenario", "storm", "--seed", "9", "--speed", "10", "--rate", "200", "--message-bytes", "99"),
                *("--anomaly", "cpu:0:60:300", "--anomaly", "peer:11:1:2.5", "--hostile", "garbage"),
                *("--duration", "3", "--tls-ca", str(ca)),
            )
        )

        assert ("a:1", "[::1]:2") == asked.collectors
        assert (50, 7, 20.0, 99) == (
            asked.scenario.generators,
            asked.scenario.objects,
            asked.scenario.load_per_s,
            asked.scenario.load_bytes,
        )
        assert (Anomaly(Fault.CPU, 0, 60, 300), Anomaly(Fault.PEER, 11, 1, 2.5)) == asked.scenario.anomalies
        assert (9, 10.0, 3.0, ("garbage",), ca) == (
            asked.seed,
            asked.speed,
            asked.duration_s,
            asked.hostile,
            asked.tls_ca,
        )

    def test_load_scenario_keeps_its_rate(self) -> None:
        """The rate of a scenario is only replaced if one is given."""
        assert 100.0 == options(parsed("--scenario", "load")).scenario.load_per_s

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--collector", "a:b"], "--collector: no address"),
            (["--count", "0"], "--count 0: must be from 1 to 20000"),
            (["--objects", "-1"], "--objects -1: must be from 0"),
            (["--speed", "0"], "--speed 0: must be from 0.001"),
            (["--anomaly", "cpu:0:60"], "--anomaly cpu:0:60: is not FAULT:INDEX:START:LASTS"),
            (["--anomaly", "rain:0:6:6"], "FAULT one of cpu, drops, peer"),
            (["--anomaly", "cpu:10:6:6"], "there is no generator 10; they are 0 to 9"),
            (["--anomaly", "cpu:1:6:6"], "generator 1 is a contrail-control, not a contrail-vrouter-agent"),
            (["--tls-ca", "nowhere.pem"], "--tls-ca: no file nowhere.pem"),
            (["--tls-cert", "nowhere.pem"], "--tls-cert: no file nowhere.pem"),
        ],
    )
    def test_mistakes(self, arguments: list[str], said: str) -> None:
        """A mistake is told with the argument it is in."""
        with pytest.raises(OptionsError) as caught:
            options(parsed(*arguments))

        assert said in str(caught.value)
