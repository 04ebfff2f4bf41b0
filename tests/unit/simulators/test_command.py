import subprocess
import sys

import pytest

from satark.runtime import cli

LOADS = """
import sys
from satark.runtime import cli
try:
    cli.main(["--help"])
except SystemExit:
    pass
heavy = ("aiohttp", "jinja2", "aiosmtpd", "satark.simulators.vco.app", "satark.simulators.mail.app",
         "lxml", "satark.sandesh.generator")
print("LOADED", *(name for name in heavy if name in sys.modules))
"""


class TestSimulate:
    @pytest.mark.parametrize(
        ("arguments", "sentences"),
        [
            (["simulate", "--help"], ["vco", "mail", "generators", "SD-WAN orchestrator"]),
            (["simulate", "vco", "--help"], ["SATARK_SIMULATE_VCO_TOKEN", "/__sim/incidents", "late_edges"]),
            (["simulate", "mail", "--help"], ["SATARK_CATCH_MAIL_FOLDER"]),
            (["simulate", "generators", "--help"], ["--collector", "--hostile", "scenarios:", "storm", "cpu:0:60:300"]),
            (["simulate-vco", "--help"], ["SATARK_SIMULATE_VCO_TOKEN", "/__sim/incidents"]),
        ],
    )
    def test_help(self, arguments: list[str], sentences: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """Both spellings tell the settings and what can be done while it runs."""
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)

        written = capsys.readouterr().out
        assert ended.value.code == 0
        assert [sentence for sentence in sentences if sentence not in written] == []

    @pytest.mark.parametrize("arguments", [["simulate", "vco", "--check"], ["simulate-vco", "--check"]])
    def test_same_service(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both spellings are the same service with the same settings."""
        monkeypatch.setenv("SATARK_SIMULATE_VCO_TOKEN", "secret")

        assert cli.main(arguments) == 0
        assert "simulate-vco: settings are fine" in capsys.readouterr().out

    def test_wrong_grid(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """A wrong size of the world is told before anything starts."""
        monkeypatch.setenv("SATARK_SIMULATE_VCO_TOKEN", "secret")
        monkeypatch.setenv("SATARK_SIMULATE_VCO_GRID", "3x500")

        assert cli.main(["simulate", "vco", "--check"]) == 78
        assert "GRID: '3x500' is not enterprises x edges x links" in capsys.readouterr().err

    def test_overview_is_light(self) -> None:
        """`satark --help` imports no web server, template engine or mail server."""
        done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True, timeout=60)

        assert done.stdout.rpartition("LOADED")[2].split() == []
