import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from satark.poller import registry
from satark.poller.orchestrator import Orchestrator
from satark.runtime.settings import Secret, SettingsError

EXAMPLE = Path(registry.__file__).parent / "mapped" / "examples" / "small.yaml"


def orchestrator(driver: str, **changes: Any) -> Orchestrator:
    """Return an orchestrator with a token."""
    return Orchestrator(name="any", url="https://vco.example.net", token=Secret("t"), driver=driver, **changes)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution with a driver `acme` in a folder of its own."""
    monkeypatch.delitem(sys.modules, "drivers_of_acme", raising=False)
    (tmp_path / "drivers_of_acme.py").write_text(
        "def build(orchestrator, *, version):\n"
        "    return ('acme', orchestrator.name, version)\n"
        "def mistakes(orchestrator):\n"
        "    yield 'ACME: wrong'\n"
    )
    information = tmp_path / "drivers_of_acme-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: drivers-of-acme\nVersion: 1\n")
    (information / "entry_points.txt").write_text(
        "[satark.poller.drivers]\nacme = drivers_of_acme:build\nvelocloud-v1 = drivers_of_acme:build\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


class TestNames:
    def test_built_in(self) -> None:
        """The drivers that are shipped are known by name."""
        assert {"auto", "mapped", "velocloud-v1", "velocloud-v2"} <= set(registry.driver_names())

    def test_nothing_is_imported(self) -> None:
        """Names are known, and right ones are checked, without importing an HTTP client."""
        code = (
            "import sys\nfrom satark.poller import registry\nfrom satark.poller.orchestrator import Orchestrator\n"
            "registry.driver_names()\n"
            "assert not list(registry.mistakes(Orchestrator(name='a', url='b', driver='velocloud-v1')))\n"
            "sys.exit('requests' in sys.modules)"
        )

        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    @pytest.mark.usefixtures("installed")
    def test_installed(self) -> None:
        """A distribution adds drivers by an entry point, and cannot take over a name that is shipped."""
        assert "acme" in registry.driver_names()
        made: Any = registry.build(orchestrator("acme"), version="9")
        assert made == ("acme", "any", "9")
        assert list(registry.mistakes(orchestrator("acme"))) == ["ACME: wrong"]
        assert registry.build(orchestrator("velocloud-v1"), version="9").name == "velocloud-v1"


class TestBuild:
    @pytest.mark.parametrize("name", ["auto", "velocloud-v1", "velocloud-v2"])
    def test_each(self, name: str) -> None:
        """Each name gives its driver, not connected."""
        assert registry.build(orchestrator(name), version="0").name == name

    def test_mapped(self) -> None:
        """The driver of a mapping file needs one."""
        assert registry.build(orchestrator("mapped", mapping_file=EXAMPLE), version="0").name == "mapped"
        with pytest.raises(SettingsError, match="MAPPING_FILE"):
            registry.build(orchestrator("mapped"), version="0")

    def test_unknown(self) -> None:
        """An unknown name is told with those that there are, and with the nearest."""
        told = list(registry.mistakes(orchestrator("velocloud_v2")))

        assert told[0].startswith("DRIVER: there is no driver 'velocloud_v2', only auto, mapped")
        assert told[0].endswith("did you mean velocloud-v2?")
        with pytest.raises(SettingsError):
            registry.build(orchestrator("velocloud_v2"), version="0")

    def test_mistakes_of_a_mapping(self, tmp_path: Path) -> None:
        """What is wrong with a mapping file is told before anything starts."""
        path = tmp_path / "m.yaml"
        path.write_text("version: 2")

        assert "line 1: version: expected 1" in "\n".join(registry.mistakes(orchestrator("mapped", mapping_file=path)))
