"""Build the image of every service, and show how large they are: `make images`.

With --airgap the base images are made first, as deploy/airgap tells, and no build asks any network.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SERVICES = ("poller", "detector", "notifier", "sandesh-gateway", "analytics", "simulators")
BILL = "/usr/share/doc/satark/sbom.json"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Image:
    """An image as it came out: bytes with its base, the components that its bill of materials lists, and the build's seconds."""

    name: str
    size: int
    python: int
    debian: int
    seconds: float


def base_images() -> dict[str, str]:
    """Make the base images; return their names as lines of .env have them: PYTHON_IMAGE, KAFKA_IMAGE, WHEELS_IMAGE."""
    tools = [f"UV={Path(sys.executable).with_name('uv')}", f"PYTHON={sys.executable}"]
    command = ["env", *tools, str(REPOSITORY / "deploy/airgap/make.sh")]
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(line.split("=", 1) for line in made.stdout.splitlines())


def build_command(service: str, version: str, revision: str, *, python: str | None, wheels: str | None) -> list[str]:
    """Return the command that builds the image of a service.

    `python` names another base image; `wheels` one with everything that the package index would be asked for.
    """
    arguments = {"SERVICE": service, "VERSION": version, "REVISION": revision}
    arguments |= {"PYTHON_IMAGE": python} if python else {}
    arguments |= {"WHEELS": wheels} if wheels else {}
    options = [part for name, text in arguments.items() for part in ("--build-arg", f"{name}={text}")]
    offline = ["--network", "none"] if wheels else []
    return ["docker", "build", *options, *offline, "--tag", f"satark-{service}:{version}", str(REPOSITORY)]


def revision() -> str:
    """Return the commit that is built; `unknown` where this is no checkout."""
    asked = ["git", "-C", str(REPOSITORY), "rev-parse", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def build(name: str, command: Sequence[str]) -> Image:
    """Build one image; what the engine said is shown only when it fails."""
    began = time.monotonic()
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        sys.exit(f"{built.stdout[-6000:]}\n{built.stderr[-6000:]}\n{name} could not be built")
    return look(name, time.monotonic() - began)


def look(name: str, seconds: float) -> Image:
    """Measure an image, and read its bill of materials."""
    inspect = ["docker", "image", "inspect", "--format", "{{.Size}}", name]
    size = subprocess.run(inspect, capture_output=True, text=True, check=True).stdout
    read = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "cat", name, BILL]
    bill = json.loads(subprocess.run(read, capture_output=True, text=True, check=True).stdout)
    kinds = [component["purl"].partition("/")[0] for component in bill["components"] if "purl" in component]
    return Image(name, int(size), kinds.count("pkg:pypi"), kinds.count("pkg:deb"), seconds)


def table(images: Sequence[Image]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'image':32} {'MB':>6} {'python':>7} {'debian':>7} {'seconds':>8}"
    for image in images:
        row = f"{image.size / MEGABYTE:6.0f} {image.python:7} {image.debian:7} {image.seconds:8.1f}"
        yield f"{image.name:32} {row}"


def main() -> None:
    """Build what is asked for."""
    parser = argparse.ArgumentParser(description="Build the image of every service, and show how large they are.")
    parser.add_argument("--airgap", action="store_true", help="make the base images first, and ask no network")
    parser.add_argument("--python-image", metavar="IMAGE", help="base image; default: the Dockerfile's")
    parser.add_argument("--wheels-image", metavar="IMAGE", help="image with the wheels; default: ask the package index")
    parser.add_argument("--version", default="0.1.0", help="tag of the images")
    parser.add_argument("services", nargs="*", metavar="SERVICE", help=f"of {', '.join(SERVICES)}; default: all")
    args = parser.parse_args()
    bases = base_images() if args.airgap else {}
    python, wheels = bases.get("PYTHON_IMAGE", args.python_image), bases.get("WHEELS_IMAGE", args.wheels_image)
    images = []
    for service in args.services or SERVICES:
        command = build_command(service, args.version, revision(), python=python, wheels=wheels)
        images.append(build(f"satark-{service}:{args.version}", command))
        print(f"{images[-1].name}: built in {images[-1].seconds:.0f} s", file=sys.stderr)
    print("\n".join(table(images)))


if __name__ == "__main__":
    main()
