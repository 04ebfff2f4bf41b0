import importlib.util
import json
from types import ModuleType

import pytest

from tests.support.environment import REPOSITORY

LISTING = "installed\tlibc6:amd64\t2.41-12\tamd64\ninstalled\ttzdata\t2025b-4+deb13u1\tall\nconfig-files\told\t1\tall\n"


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    """The program that completes a bill of materials; it is no package, as it runs in the build of an image."""
    spec = importlib.util.spec_from_file_location("sbom", REPOSITORY / "deploy" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestDebianComponents:
    def test_lists_what_is_installed(self, sbom: ModuleType) -> None:
        """Each installed package has a package URL that scanners know; one of which only settings are left has none."""
        found = sbom.debian_components(LISTING, "debian-13")

        assert [
            "pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13",
            "pkg:deb/debian/tzdata@2025b-4%2Bdeb13u1?arch=all&distro=debian-13",
        ] == [each["purl"] for each in found]


class TestRelease:
    def test_is_read_from_the_system(self, sbom: ModuleType) -> None:
        """The release is the system's id and version; a system without a version has its id alone."""
        assert "debian-13" == sbom.release('NAME="Debian"\nID=debian\nVERSION_ID="13"\n')
        assert "debian" == sbom.release("ID=debian\n")


class TestWhole:
    def test_names_the_image(self, sbom: ModuleType) -> None:
        """The document is of the image, with Python's components first; the rest of it stays."""
        python = {"bomFormat": "CycloneDX", "metadata": {"tools": []}, "components": [{"name": "msgspec"}]}

        whole = sbom.whole(python, [{"name": "libc6"}], name="satark-poller", version="0.1.0")

        assert json.loads(json.dumps(whole)) == {
            "bomFormat": "CycloneDX",
            "metadata": {
                "tools": [],
                "component": {
                    "type": "container",
                    "bom-ref": "satark-poller",
                    "name": "satark-poller",
                    "version": "0.1.0",
                },
            },
            "components": [{"name": "msgspec"}, {"name": "libc6"}],
        }
