"""What a collector makes of each message, in microseconds and as a ratio to decoding the same recorded frames.

A ratio of 0.2 means that the function takes a fifth of the time that `decode_frame` takes to make the tree. All are
measured in turns in one run, so that they see the same machine. Run: `python bench/contents.py [seconds a group]`.
"""

import sys
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from satark.sandesh.contents import body_xml, object_keys, plain_text, samples_of, sessions_of, share_of
from satark.sandesh.types import SandeshType
from satark.sandesh.wire.frame import Frame, FrameReader
from satark.sandesh.wire.xml import Received, decode_frame

ROUNDS = 15
CAPTURES = Path(__file__).parents[1] / "tests" / "data" / "sandesh" / "wire" / "captures.tar.xz"
FUNCTIONS: tuple[Callable[[Received], object], ...] = (
    share_of,
    object_keys,
    samples_of,
    sessions_of,
    plain_text,
    body_xml,
)


def frames() -> list[Frame]:
    """The recorded frames from generators of both kinds."""
    found: list[Frame] = []
    with tarfile.open(CAPTURES) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.startswith(("py/c2s/", "cpp/c2s/")):
                found.extend(FrameReader().feed(file.read()))
    return found


def groups() -> Mapping[str, Sequence[Frame]]:
    """The frames by what is in them."""
    messages = [(frame, decode_frame(frame)) for frame in frames()]
    return {
        "logs": [frame for frame, message in messages if message.header.type == SandeshType.SYSTEM],
        "uves": [frame for frame, message in messages if message.header.type == SandeshType.UVE],
        "statistics": [frame for frame, message in messages if len(samples_of(message)) > 0],
        "all": [frame for frame, _ in messages],
    }


def measure(tasks: Mapping[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Seconds a call, the best of some rounds in which each task has its turn."""
    best: dict[str, float] = {}
    share_s = seconds / len(tasks) / ROUNDS
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            calls, started = 0, time.perf_counter()
            while (elapsed := time.perf_counter() - started) < share_s or not calls:
                task()
                calls += 1
            best[name] = min(best.get(name, elapsed), elapsed / calls)
    return best


def over(function: Callable[[Received], object], messages: Sequence[Received]) -> Callable[[], object]:
    """One turn: the function of each message."""
    return lambda: [function(message) for message in messages]


def main(arguments: list[str]) -> None:
    """Print the table."""
    seconds = float(arguments[0]) if arguments else 2.0
    print(f"{'':12}{'task':14}{'messages':>9}{'us/message':>12}{'of decoding':>13}")
    for group, some in groups().items():
        messages = [decode_frame(frame) for frame in some]
        tasks = {"decode": lambda some=some: [decode_frame(frame) for frame in some]}
        best = measure(tasks | {each.__name__: over(each, messages) for each in FUNCTIONS}, seconds)
        for name, each_s in best.items():
            ratio = each_s / best["decode"]
            print(f"{group:12}{name:14}{len(some):9}{each_s / len(some) * 1e6:12.1f}{ratio:13.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
