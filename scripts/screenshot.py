"""Take the picture of the console that the README shows: run the demo, wait for its incident, and look at its page."""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import requests
from PIL import Image
from playwright.sync_api import Page, sync_playwright

TARGET = Path(__file__).parents[1] / "docs" / "images" / "console.png"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

DEMO = {"SATARK_SIMULATE_VCO_START_OFFSET_S": "3600", "SATARK_NOTIFIER_GROUP_WAIT_S": "3"}
"""The clock there begins an hour ago: when it has caught up with ours, the incident still lasts, and all else is fresh."""

FRESH = timedelta(minutes=25)
WIDTH, HEIGHT = 1280, 900
GUTTER = 15
"""What a page leaves free for a scroll bar, for which a picture has no use."""

MARGIN = 14
PAUSE_S, STOP_S, LOADED_MS = 1.0, 60.0, 60_000.0

T = TypeVar("T")


def main(arguments: list[str] | None = None) -> int:
    """Take the picture; return the exit status."""
    options = parser().parse_args(arguments)
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        print(f"this needs one of {', '.join(PROGRAMS)}: make browser-tools", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as server:
        incident = eventually(lambda: told_of(server), options.timeout, "an incident of which somebody was told")
        taken = picture(program, f"{server}/console/incidents/{incident}", options.theme)
    taken.save(options.out, optimize=True)
    print(f"{options.out}: {options.out.stat().st_size / 1000:.0f} kB")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        description=__doc__, epilog="It needs Chromium (make browser-tools), and two minutes."
    )
    made.add_argument("--out", type=Path, default=TARGET, help="the PNG file to write (default: %(default)s)")
    made.add_argument("--theme", choices=("light", "dark"), default="light", help="its colours (default: %(default)s)")
    seconds: dict[str, Any] = {"type": float, "default": 300.0, "metavar": "SECONDS"}
    made.add_argument("--timeout", **seconds, help="how long to wait for the incident (default: %(default)g)")
    return made


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """Run the demo for the time of the block; yield the address of its analytics."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("SATARK_")}  # noqa: TID251 - passed on
    command = [sys.executable, "-m", "satark.runtime.cli", "up", "--demo", "--run-dir", str(folder / "run")]
    environment = inherited | DEMO | {"SATARK_ANALYTICS_LISTEN": address}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    try:
        yield f"http://{address}"
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(STOP_S)


def told_of(server: str) -> str | None:
    """Return the open incident once somebody was told of it and its link's newest sample is of the present."""
    try:
        (incident,) = asked(f"{server}/v1/incidents?state=open")["incidents"]
        story = asked(f"{server}/v1/incidents/{incident['incident']}")
        link = asked(f"{server}/v1/links/{incident['entity']}")
    except (requests.RequestException, ValueError):
        return None
    fresh = datetime.now(UTC) - datetime.fromisoformat(link["last_seen"]) < FRESH
    return str(incident["incident"]) if fresh and story["notifications"] else None


def asked(url: str) -> Any:
    """Return what an address answers."""
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return answer.json()


def eventually(look: Callable[[], T | None], timeout_s: float, what: str) -> T:
    """Return the first thing that is seen; raises SystemExit when nothing is in time."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if (seen := look()) is not None:
            return seen
        time.sleep(PAUSE_S)  # noqa: TID251 - a script has nothing else to do
    raise SystemExit(f"there was no sign of {what} within {timeout_s:g} s")


def picture(program: str, url: str, theme: Any) -> Image.Image:
    """Return the page of an incident, down to the end of its evidence."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        size: Any = {"width": WIDTH + GUTTER, "height": HEIGHT}
        page = browser.new_page(
            viewport=size, color_scheme=theme, timezone_id="UTC", locale="en-GB", reduced_motion="reduce"
        )
        page.set_default_timeout(LOADED_MS)
        page.goto(url)
        drawn(page)
        end = page.locator("#numbers").bounding_box()
        height = round(end["y"] + end["height"]) + MARGIN if end else HEIGHT
        page.set_viewport_size({"width": WIDTH + GUTTER, "height": height})
        shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    return shown.crop((0, 0, WIDTH, shown.height))


def drawn(page: Page) -> None:
    """Wait until every chart is there, and what goes on is followed."""
    page.locator("#charts canvas").first.wait_for()
    page.locator("#charts .wait").first.wait_for(state="detached")
    page.locator("#live[data-state=on]").wait_for()


if __name__ == "__main__":
    sys.exit(main())
