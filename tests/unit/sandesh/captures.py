"""The recorded traffic of the originals, by file name as in the manifest, and what is known of each frame."""

import json
import tarfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from satark.sandesh.wire.frame import Frame, FrameReader

DATA = Path(__file__).parents[2] / "data" / "sandesh" / "wire"


@cache
def captures() -> Mapping[str, bytes]:
    """Every recorded frame and stream."""
    with tarfile.open(DATA / "captures.tar.xz") as archive:
        files = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in files.items() if file is not None}


def manifest() -> list[dict[str, Any]]:
    """One row a frame."""
    rows: list[dict[str, Any]] = json.loads((DATA / "manifest.json").read_text())
    return rows


def cases(name: str) -> list[dict[str, Any]]:
    """What the originals did with odd input: `cpp_server`, `cpp_client` or `py_client`."""
    return [json.loads(line) for line in (DATA / f"{name}_cases.jsonl").read_text().splitlines()]


def frames_of(data: bytes) -> list[Frame]:
    """The frames of a stream."""
    return list(FrameReader().feed(data))


def frame_named(name: str) -> Frame:
    """The frame of one file."""
    return frames_of(captures()[name])[0]


def all_frames() -> Iterator[tuple[str, bytes, Frame]]:
    """Every frame of every file, with the file's name and the frame's bytes as they were sent."""
    for name, data in captures().items():
        at = 0
        for frame in frames_of(data):
            end = data.index(b"</sandesh>", at + len(frame.content)) + len(b"</sandesh>")
            yield name, data[at:end], frame
            at = end
