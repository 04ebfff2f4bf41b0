"""The environment of the test run: read here only, and handed to child processes without the developer's settings."""

import os
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def variable(name: str, default: str = "") -> str:
    """Return a variable of the test run's own environment."""
    return os.environ.get(name, default)  # noqa: TID251 - no service reads it


def child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for a child: ours without any SATARK_ variable, then the given settings."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("SATARK_")}  # noqa: TID251 - passed on
    return inherited | dict(settings)


def cache_root() -> Path:
    """Return the folder for what is fetched once: SATARK_CACHE_DIR, else `satark` in the user's cache folder."""
    if own := variable("SATARK_CACHE_DIR"):
        return Path(own).expanduser().resolve()
    home = variable("XDG_CACHE_HOME")
    return (Path(home) if home else Path("~/.cache").expanduser()) / "satark"
