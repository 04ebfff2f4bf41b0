"""The bill of materials of an image: CycloneDX's of the Python environment, with Debian's packages beside it.

Run in the build of an image: reads a CycloneDX document on standard input, writes the whole one to standard output.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

FORMAT = "${db:Status-Status}\t${binary:Package}\t${Version}\t${Architecture}\n"


def debian_components(listing: str, release: str) -> list[dict[str, str]]:
    """Return a CycloneDX component for each installed package that dpkg-query lists in FORMAT.

    `release` is the name of the Debian release in the package URL, as scanners look advisories up by it.
    """
    found = []
    for line in listing.splitlines():
        status, package, version, architecture = line.split("\t")
        if status != "installed":
            continue
        name = package.partition(":")[0]
        url = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}&distro={release}"
        found.append({"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url})
    return found


def whole(document: dict[str, Any], packages: list[dict[str, str]], *, name: str, version: str) -> dict[str, Any]:
    """Return the document of an image: its name and version, and the system's packages after Python's."""
    subject = {"type": "container", "bom-ref": name, "name": name, "version": version}
    metadata = document.get("metadata", {}) | {"component": subject}
    return document | {"metadata": metadata, "components": [*document.get("components", []), *packages]}


def release(os_release: str) -> str:
    """Return the release in the text of /etc/os-release, as `debian-13`; empty when it does not say."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    return f"{fields.get('ID', '')}-{fields.get('VERSION_ID', '')}".replace('"', "").strip("-")


def main(name: str, version: str) -> None:
    """Complete the document on standard input."""
    listing = subprocess.run(
        ["dpkg-query", "--show", f"--showformat={FORMAT}"], capture_output=True, text=True, check=True
    )
    packages = debian_components(listing.stdout, release(Path("/etc/os-release").read_text(encoding="utf-8")))
    json.dump(whole(json.load(sys.stdin), packages, name=name, version=version), sys.stdout, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
