"""`satark poller`: quick to load, complete to check."""

import subprocess
import sys

import pytest

from satark.poller.main import command
from satark.runtime.service import run_service

ENVIRON = {"SATARK_KAFKA_BROKERS": "localhost:9092", "VCO_HOSTNAME": "vco.example.net", "VCO_TOKEN": "abc"}


class TestCommand:
    def test_check(self, capsys: pytest.CaptureFixture[str]) -> None:
        """--check says that the settings are fine."""
        assert run_service(command, ENVIRON, check=True) == 0
        assert "settings are fine" in capsys.readouterr().out

    def test_mistakes(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Wrong settings end with status 78 and a line for each mistake."""
        environ = {"SATARK_KAFKA_BROKERS": "nowhere", "VCO_HOSTNAME": "http://vco.example.net", "VCO_USERNAME": "ann"}
        status = run_service(command, environ, check=True)
        said = capsys.readouterr().err

        assert status == 78
        assert [word in said for word in ("plain http://", "go together", "'nowhere' is not host:port")] == [True] * 3

    def test_loads_little(self) -> None:
        """Loading the command loads neither `requests` nor Kafka's client."""
        code = (
            "import sys, satark.poller.main; print([m for m in ('requests', 'satark.poller.app') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert done.stdout.strip() == "[]"
