"""What a fuzzer may throw bytes at. The contract: a value or one of the library's own errors, and nothing else.

A target raises nothing for what is allowed, and whatever else is raised is a find.
"""

from collections.abc import Callable, Mapping

from satark.sandesh.compiler import languages
from satark.sandesh.compiler.generator import GeneratorError
from satark.sandesh.idl import Bundle, IdlError, format_program, load_texts, parse_text
from satark.sandesh.session.actions import Close
from satark.sandesh.session.connection import Connection
from satark.sandesh.session.events import Connected, Start
from satark.sandesh.session.states import Session
from satark.sandesh.wire.envelope import open_frame
from satark.sandesh.wire.errors import EncodeError, FrameError, MalformedError, SandeshError
from satark.sandesh.wire.frame import FrameReader, frame
from satark.sandesh.wire.generic import decode_tree, encode_tree
from satark.sandesh.wire.header import decode_header, encode_header
from satark.sandesh.wire.reader import decode_message
from satark.sandesh.wire.tree import plain
from satark.sandesh.wire.writer import encode_message
from satark.sandesh.wire.xml import classes_by_name
from tests.unit.sandesh.probe import CLASSES

MAX_FRAME_BYTES = 100_000


def read_frames(data: bytes) -> None:
    """A stream in one piece or byte by byte is frames within the limit, or a frame error."""
    for size in (max(1, len(data)), 1):
        reader = FrameReader(max_frame_bytes=MAX_FRAME_BYTES)
        try:
            for at in range(0, len(data), size):
                for each in reader.feed(data[at : at + size]):
                    assert len(each.content) <= MAX_FRAME_BYTES
            reader.finish()
        except FrameError:
            continue


def read_header(data: bytes) -> None:
    """A header that is read can be written, and is then read to the same values."""
    try:
        header = decode_header(data)
    except MalformedError:
        return
    sendable = encode_header(header)
    assert encode_header(decode_header(sendable)) == sendable


def read_tree(data: bytes) -> None:
    """A message that is read can be written, made plain, and read again to the same bytes."""
    try:
        tree = decode_tree(data)
    except SandeshError:
        return
    for each in tree:
        plain(each.value, each.type)
    sendable = encode_tree(tree)
    assert encode_tree(decode_tree(sendable)) == sendable


def read_messages(data: bytes) -> None:
    """The same for each class that there is."""
    for class_ in CLASSES:
        try:
            message = decode_message(class_, data)
        except SandeshError as error:
            assert not isinstance(error, EncodeError)  # noqa: PT017 - no test: the contract
            continue
        sendable = encode_message(message)
        assert encode_message(decode_message(class_, sendable)) == sendable


def drive_sessions(data: bytes) -> None:
    """Both roles take anything, alone, after a header and in a frame, and close at most once."""
    header = b'<SandeshHeader><Hints type="i32" identifier="9">2</Hints></SandeshHeader>'
    for stream in (data, frame(b"", data), frame(header, data)):
        for session in (Session.server("peer", 0.0), Session.client(("a",), 0.0)):
            connection = Connection(session, classes=classes_by_name(CLASSES), max_frame_bytes=MAX_FRAME_BYTES)
            connection.happen(Start(), 0.0)
            connection.happen(Connected(1), 0.0)
            done = connection.receive(stream, 1.0) + connection.lost(2.0)
            assert sum(isinstance(each, Close) for each in done) == 1


def open_frames(data: bytes) -> None:
    """What is framed is an envelope or malformed."""
    for each in FrameReader().feed(frame(data, b"")):
        try:
            open_frame(each)
        except MalformedError:
            continue


def read_definitions(data: bytes) -> Bundle | None:
    """A file is a program, and its canonical text the same one, or it is an `IdlError` that can be shown."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        bundle = load_texts({"t.sandesh": text, "inc.sandesh": text}, "t.sandesh")
    except IdlError as error:
        str(error)
        return None
    assert parse_text(format_program(bundle.main.program)) == bundle.main.program
    return bundle


def compile_definitions(data: bytes) -> None:
    """A program that is right becomes files in every language, the same each time, and the Python is Python."""
    bundle = read_definitions(data)
    if bundle is None:
        return
    for name in languages.BUILT_IN:
        try:
            files = languages.find(name).generate(bundle, {})
        except GeneratorError:
            continue
        assert files == languages.find(name).generate(bundle, {})
        for path, text in files.items():
            if path.endswith(".py"):
                compile(text, path, "exec")


TARGETS: Mapping[str, Callable[[bytes], object]] = {
    each.__name__: each
    for each in (
        read_frames,
        read_header,
        read_tree,
        read_messages,
        drive_sessions,
        open_frames,
        read_definitions,
        compile_definitions,
    )
}
