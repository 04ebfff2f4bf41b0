"""Write the pictures of mails in docs/images anew: `python scripts/mail_pictures.py`. Needs Chromium."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from satark.notifier.preview.examples import examples
from satark.notifier.preview.files import write
from satark.notifier.preview.previewing import letterhead

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PICTURES = {"alert-mail": "updated", "alert-mail-dark": "updated.dark", "digest-mail": "digest"}
"""Name of the picture, and of the preview's page."""

WIDTH, HEIGHT, SCALE = 700, 2400, 1.5
MARGIN = 16
COLOURS = 128
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT_S = 120.0


def main() -> int:
    """Write the pictures; return the exit status."""
    browser = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if browser is None:
        print(f"this needs one of {', '.join(PROGRAMS)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        wanted = {page.removesuffix(".dark") for page in PICTURES.values()}
        write([each for each in examples() if each.name in wanted], letterhead(None, print), Path(folder))
        for name, page in PICTURES.items():
            taken = shot(browser, Path(folder) / f"{page}.html")
            cropped(taken).quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)
            print(IMAGES / f"{name}.png")
    return 0


def shot(browser: str, page: Path, width: int = WIDTH) -> Image.Image:
    """Return how a page looks in a window that is higher than any mail."""
    target = page.with_suffix(".shot.png")
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    options += [f"--force-device-scale-factor={SCALE}", f"--window-size={width},{HEIGHT}", f"--screenshot={target}"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [browser, *options, profile, page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)  # noqa: S603 - our own page
    return Image.open(target).convert("RGB")


def cropped(picture: Image.Image) -> Image.Image:
    """Return a picture without what is empty below: all that is like its last pixel, but a margin."""
    ground = Image.new("RGB", picture.size, picture.getpixel((picture.width - 1, picture.height - 1)))
    box = ImageChops.difference(picture, ground).getbbox()
    bottom = picture.height if box is None else min(picture.height, box[3] + round(MARGIN * SCALE))
    return picture.crop((0, 0, picture.width, bottom))


if __name__ == "__main__":
    sys.exit(main())
