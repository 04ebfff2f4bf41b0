"""Build the image of every service, and show how large they are: `make images`.

With --airgap the base images are made first, as deploy/airgap tells, and no build asks any network.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SERVICES = ("poller", "detector", "notifier", "sandesh-gateway", "analytics", "simulators")
BILL = "/usr/share/doc/satark/sbom.json"
BASES = {"PYTHON_IMAGE": "PYTHON_IMAGE", "WHEELS": "WHEELS_IMAGE"}
"""Arguments of the Dockerfile, and the variables (as in .env) that give them."""

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
    """Make the base images; return PYTHON_IMAGE, KAFKA_IMAGE and WHEELS_IMAGE."""
    tools = {"UV": str(Path(sys.executable).parent / "uv"), "PYTHON": sys.executable}
    made = subprocess.run(
        [str(REPOSITORY / "deploy/airgap/make.sh")], env=os.environ | tools, stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(line.split("=", 1) for line in made.stdout.splitlines())


def build_command(service: str, version: str, bases: Mapping[str, str], revision: str) -> list[str]:
    """Return the command that builds the image of a service; `bases` as `base_images` returns them, or empty."""
    arguments = {"SERVICE": service, "VERSION": version, "REVISION": revision}
    arguments |= {argument: bases[name] for argument, name in BASES.items() if name in bases}
    options = [part for name, text in arguments.items() for part in ("--build-arg", f"{name}={text}")]
    offline = ["--network", "none"] if "WHEELS_IMAGE" in bases else []
    return ["docker", "build", *options, *offline, "--tag", f"satark-{service}:{version}", str(REPOSITORY)]


def build(service: str, version: str, bases: Mapping[str, str], revision: str) -> Image:
    """Build one image; what the engine said is shown only when it fails."""
    began = time.monotonic()
    built = subprocess.run(build_command(service, version, bases, revision), capture_output=True, text=True, check=False)
    if built.returncode:
        sys.exit(f"{built.stdout[-6000:]}\n{built.stderr[-6000:]}\nsatark-{service} could not be built")
    return look(f"satark-{service}:{version}", time.monotonic() - began)


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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--airgap", action="store_true", help="make the base images first, and ask no network")
    parser.add_argument("--version", default="0.1.0", help="tag of the images")
    parser.add_argument("services", nargs="*", choices=[[], *SERVICES], help="default: all")
    args = parser.parse_args()
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    bases = base_images() if args.airgap else {name: os.environ[name] for name in BASES.values() if name in os.environ}
    images = []
    for service in args.services or SERVICES:
        images.append(build(service, args.version, bases, revision.stdout.strip() or "unknown"))
        print(f"{images[-1].name}: built in {images[-1].seconds:.0f} s", file=sys.stderr)
    print("\n".join(table(images)))


if __name__ == "__main__":
    main()
