from pathlib import Path

import pytest

from satark.runtime.settings import Secret, SettingsError, load
from satark.simulators.vco.settings import MAX_SCRIPT_BYTES, VcoSettings
from satark.simulators.vco.worlds import DEMO_SCRIPT, NORTHWIND_SCRIPT

GROUP = "simulate-vco"
TOKEN = {"SATARK_SIMULATE_VCO_TOKEN": "a-token"}


def mistakes(**values: str) -> str:
    """Return what is wrong with settings, as the operator reads it."""
    environ = {f"SATARK_SIMULATE_VCO_{name}": value for name, value in values.items()}
    with pytest.raises(SettingsError) as caught:
        load(GROUP, VcoSettings, environ)
    return str(caught.value)


class TestDefaults:
    def test_demo(self) -> None:
        """A token is all it takes: the demo world, six hours ago, a virtual minute a second."""
        settings = load(GROUP, VcoSettings, TOKEN)

        assert (settings.world, settings.rate, settings.start_offset_s) == ("demo", 60.0, 21_600.0)
        assert settings.principal == "operator"
        assert settings.token == Secret("a-token")
        assert settings.script() == DEMO_SCRIPT

    def test_all(self) -> None:
        """Every knob can be turned from the environment."""
        settings = load(
            GROUP,
            VcoSettings,
            {
                "SATARK_SIMULATE_VCO_USERNAME": "noc",
                "SATARK_SIMULATE_VCO_PASSWORD": "secret",
                "SATARK_SIMULATE_VCO_WORLD": "northwind",
                "SATARK_SIMULATE_VCO_START_AT": "2026-03-10T12:10:00Z",
                "SATARK_SIMULATE_VCO_FAULTS": '{"lag_s": 0, "fail": [{"kind": "reset"}]}',
            },
        )

        assert settings.start_at is not None
        assert settings.knobs().lag_s == 0.0
        assert settings.script() == NORTHWIND_SCRIPT


class TestMistakes:
    @pytest.mark.parametrize(
        ("values", "text"),
        [
            ({}, "give TOKEN, or USERNAME and PASSWORD"),
            ({"USERNAME": "noc"}, "USERNAME and PASSWORD go together"),
            ({"TOKEN": "t", "PASSWORD": "p"}, "USERNAME and PASSWORD go together"),
            ({"TOKEN": "t", "TLS_CERT_FILE": "none.pem"}, "TLS_CERT_FILE and TLS_KEY_FILE go together"),
            ({"TOKEN": "t", "FAULTS": "{"}, "FAULTS: "),
            ({"TOKEN": "t", "FAULTS": '{"lag": 1}'}, "FAULTS: Object contains unknown field `lag`"),
            ({"TOKEN": "t", "SCRIPT_FILE": "no/file.json"}, "SCRIPT_FILE: cannot read no/file.json: No such file"),
            ({"TOKEN": "t", "WORLD": "mars"}, "SATARK_SIMULATE_VCO_WORLD"),
            ({"TOKEN": "t", "RATE": "0"}, "SATARK_SIMULATE_VCO_RATE"),
            ({"TOKEN": "t", "LISTEN": "8080"}, "SATARK_SIMULATE_VCO_LISTEN"),
            ({"TOKEN": "t", "START_AT": "2026-03-10T12:10:00"}, "START_AT: 2026-03-10T12:10:00 has no offset from UTC"),
        ],
    )
    def test_named(self, values: dict[str, str], text: str) -> None:
        """Each mistake is named, with the variable it is in."""
        assert text in mistakes(**values)

    def test_together(self) -> None:
        """Mistakes that contradict each other are told together."""
        assert len(mistakes(FAULTS="[]", TLS_KEY_FILE="none.pem", PASSWORD="p").splitlines()) == 5

    def test_script(self, tmp_path: Path) -> None:
        """A script is checked against the world before anything starts."""
        script = tmp_path / "script.json"
        script.write_text(
            '{"incidents": [{"edge": "LDN-vVCE", "link": "X", "kind": "flap", "start_s": 0, "duration_s": 1}]}'
        )

        assert f"SCRIPT_FILE: {script}: $.incidents[0]: no links of the edge 'LDN-vVCE' are called 'X'" in (
            mistakes(TOKEN="t", SCRIPT_FILE=str(script))
        )

    def test_huge_script(self, tmp_path: Path) -> None:
        """A file that is far too large for a script is not read whole."""
        script = tmp_path / "script.json"
        script.write_bytes(b" " * (MAX_SCRIPT_BYTES + 1))

        assert "larger than" in mistakes(TOKEN="t", SCRIPT_FILE=str(script))

    def test_own_script(self, tmp_path: Path) -> None:
        """A script that fits replaces the world's own."""
        script = tmp_path / "script.json"
        script.write_text('{"incidents": []}')
        settings = load(GROUP, VcoSettings, TOKEN | {"SATARK_SIMULATE_VCO_SCRIPT_FILE": str(script)})

        assert settings.script().incidents == ()
