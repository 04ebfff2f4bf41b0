"""Another clock for one process, by libfaketime: it can be set forward and back while the process runs.

Only the wall clock is another. asyncio's timers, librdkafka's and aiokafka's go by the monotonic clock, which no NTP step
moves on a real machine either; faking it as well makes timers fire in storms and proves nothing.
"""

from pathlib import Path

import pytest

LIBRARIES = tuple(
    Path(folder) / "faketime" / "libfaketime.so.1"
    for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
)


def library() -> Path:
    """Return libfaketime; skips the test where it is not installed. Its sibling for threads takes ten times as long."""
    found = next((path for path in LIBRARIES if path.exists()), None)
    if found is None:
        pytest.skip("libfaketime is not installed: make faults-tools")
    return found


class WallClock:
    """The wall clock of a process, as a file that libfaketime reads again every second."""

    def __init__(self, file: Path) -> None:
        self._library = library()
        self._file = file
        self.set()

    def environment(self) -> dict[str, str]:
        """Return what a process needs in its environment to go by this clock."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            # Else the file is read at every look at the time, of which there are many thousands a second.
            "FAKETIME_CACHE_DURATION": "1",
            "NO_FAKE_STAT": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Its cure for old C libraries keeps Python's threads from taking turns: an event loop waits for seconds.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def set(self, offset_s: int = 0) -> None:
        """Show the time so many seconds from the real one."""
        changed = self._file.with_suffix(".new")
        changed.write_text(f"{offset_s:+d}\n")
        changed.rename(self._file)
