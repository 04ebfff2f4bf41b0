"""A folder in memory, for what is flushed to disk after each write but need not outlive the test."""

import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are made by mkdtemp
"""Linux keeps it in memory; other systems do not have it."""

ENOUGH_BYTES = 2 * 1024**3
"""Containers have 64 MB there unless told otherwise."""


def folder_in_memory(prefix: str, *, otherwise: Path, memory: Path = MEMORY, enough_bytes: int = ENOUGH_BYTES) -> Path:
    """Make a new folder in memory and return it, or one below `otherwise` where there is not enough memory for it.

    The caller removes it.
    """
    fits = memory.is_dir() and shutil.disk_usage(memory).free >= enough_bytes
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if fits else otherwise))
