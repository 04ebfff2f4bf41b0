"""The bytes that bad peers send. Pure."""

import random
from collections.abc import Iterator

from satark.sandesh.types import Header, Kind
from satark.sandesh.wire.control import Hello, Identity, encode_hello
from satark.sandesh.wire.frame import CLOSING, PREFIX, frame
from satark.sandesh.wire.header import encode_header

MALLORY = Identity("mallory", "Compute", "hostile", "0")
LONG_NAME = 100_000
DEEP = 2_000
BOMB_LEVELS = 12


def hello(identity: Identity = MALLORY, *, pid: int = 666, number: int = 1) -> bytes:
    """Return a sound introduction."""
    return encode_hello(Hello(identity, connections=number, pid=pid), timestamp_us=number, sequence_number=number)


def uve(body: bytes, *, identity: Identity = MALLORY, number: int = 1) -> bytes:
    """Return the frame of a UVE with a body that need not be sound."""
    header = Header(
        source=identity.source,
        module=identity.module,
        node_type=identity.node_type,
        instance_id=identity.instance_id,
        timestamp_us=1,
        sequence_number=number,
        type=Kind.UVE.wire_type,
        hints=1,
        level=5,
    )
    return frame(encode_header(header), body)


def gone(victim: Identity) -> bytes:
    """Return a UVE, under somebody's name, that says that its host is gone."""
    key = b'<name type="string" identifier="1" key="ObjectVRouter">%b</name>' % victim.source.encode()
    deleted = b'<deleted type="bool" identifier="2">true</deleted>'
    data = b'<data type="struct" identifier="1"><VrouterAgent>%b%b</VrouterAgent></data>' % (key, deleted)
    return uve(b'<VrouterAgentTrace type="sandesh">%b</VrouterAgentTrace>' % data, identity=victim)


def bomb() -> bytes:
    """Return a frame whose entities stand for 10**12 characters (the `billion laughs` of XML)."""
    entities = b'<!ENTITY e0 "0123456789">' + b"".join(
        b'<!ENTITY e%d "%b">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, BOMB_LEVELS)
    )
    doctype = b"<!DOCTYPE Bomb [%b]>" % entities
    inner = b'<Bomb type="sandesh"><data type="string" identifier="1">&e%d;</data></Bomb>' % (BOMB_LEVELS - 1)
    return uve(doctype + inner)


def file_entity() -> bytes:
    """Return a frame with an entity that stands for a file of the collector's host."""
    doctype = b'<!DOCTYPE Leak [<!ENTITY leak SYSTEM "file:///etc/hostname">]>'
    return uve(doctype + b'<Leak type="sandesh"><data type="string" identifier="1">&leak;</data></Leak>')


def oversized(length: int = 9_999_999_999) -> bytes:
    """Return the beginning of a frame that says it has so many bytes."""
    return b'%b%010d">' % (PREFIX, length)


def broken() -> Iterator[bytes]:
    """Yield frames that are wrong in one thing each (specification clause 3.1)."""
    sound = hello()
    yield b"GET / HTTP/1.1\r\nHost: collector\r\n\r\n"
    yield sound.replace(b"<sandesh", b"<Sandesh", 1)
    yield b'%b%b">%b' % (PREFIX, b"0000000000", sound[29:])
    yield b'%b%b">%b' % (PREFIX, b"00000000x1", sound[29:])
    yield b'%b%010d">%b' % (PREFIX, 30, sound[29:])
    yield sound[: -len(CLOSING)] + b"</wrongish>"[: len(CLOSING)]
    yield b"\n" + sound
    yield frame(b"", b"<NoHeader></NoHeader>")
    yield frame(b"<SandeshHeader></SandeshHeader>", b"<A></A>")
    yield uve(b"")
    yield uve(b"<A><B></A>")
    yield uve(b'<A type="sandesh"><data type="string" identifier="1">\x00</data></A>')
    yield uve(b'<A type="sandesh"><data type="string" identifier="1">\xff\xfe</data></A>')
    yield uve(b'<A type="sandesh" type="again"></A>')
    yield uve(b"<A>" + b"<B>" * DEEP + b"</B>" * DEEP + b"</A>")
    yield uve(b'<A type="sandesh"><l type="list" identifier="1"><list type="i32" size="999999999"></list></l></A>')
    yield uve(b'<A type="sandesh"><data type="struct" identifier="1"></data></A>')
    yield uve(b"<A " + b" ".join(b'a%d="x"' % each for each in range(DEEP)) + b"></A>")


def wrong_names() -> Iterator[bytes]:
    """Yield introductions whose names are empty, huge, strange, or someone else's."""
    for identity in (
        Identity("", "", "", ""),
        Identity("host", "", "module", "0"),
        Identity("host", "Compute", "module", ""),
        Identity("a:b:c", "Compute", "mod:ule", "0:0"),
        Identity("x" * LONG_NAME, "Compute", "module", "0"),
        Identity("<host> & 'co'", 'Com"pute', "mod\nule", "*"),
        Identity("../../etc/passwd", "Compute", "%s%n{0}", "0"),
        Identity("\u202egnisrever", "Comput\u0435", "\U0001f4a9", "0"),
    ):
        yield hello(identity)


def noise(seed: int, size: int = 4096) -> bytes:
    """Return random bytes; the same for the same seed."""
    return random.Random(seed).randbytes(size)
