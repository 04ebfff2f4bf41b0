import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.types import Header, Hint, Level, SandeshType
from satark.sandesh.wire.control import (
    HELLO,
    REPLY,
    Hello,
    Identity,
    Reply,
    encode_hello,
    encode_reply,
    read_hello,
    read_reply,
)
from satark.sandesh.wire.envelope import Envelope, open_frame
from satark.sandesh.wire.errors import ControlError, EncodeError
from tests.unit.sandesh.captures import captures, frame_named, frames_of
from tests.unit.sandesh.wire.test_text import SENDABLE

U32 = st.integers(0, 2**32 - 1)
HELLOS = st.builds(
    Hello,
    st.builds(Identity, SENDABLE, SENDABLE, SENDABLE, SENDABLE),
    U32,
    st.lists(SENDABLE, max_size=3).map(tuple),
    U32,
    U32,
)
SAFE = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="&<>'"))
REPLIES = st.builds(Reply, SAFE, st.booleans(), st.dictionaries(SENDABLE, U32, max_size=3))


def envelope(name: str, fields: str, header: Header | None = None) -> Envelope:
    """A control message with these fields."""
    return Envelope(header or Header(), name, f'<{name} type="sandesh">{fields}</{name}>'.encode(), 0)


@given(HELLOS)
def test_any_hello_survives_the_wire(hello: Hello) -> None:
    """A collector learns all that a generator says."""
    assert read_hello(open_frame(frames_of(encode_hello(hello, timestamp_us=1))[0])) == hello


@given(REPLIES)
def test_any_reply_survives_the_wire(reply: Reply) -> None:
    """A generator learns all that a collector answers."""
    assert read_reply(open_frame(frames_of(encode_reply(reply, timestamp_us=1))[0])) == reply


def test_a_hello_is_the_c_originals_byte_for_byte() -> None:
    """Header and body are filled."""
    sent = captures()["cpp/c2s/001_SandeshCtrlClientToServer.bin"]
    envelope = open_frame(frames_of(sent)[0])

    assert encode_hello(read_hello(envelope), timestamp_us=envelope.header.timestamp_us) == sent


def test_a_reply_is_the_real_servers_byte_for_byte() -> None:
    """The Python original reads no other form."""
    name = next(name for name in captures() if name.startswith("cpp_server/s2c/"))
    envelope = open_frame(frame_named(name))

    assert encode_reply(read_reply(envelope), timestamp_us=envelope.header.timestamp_us) == captures()[name]


def test_the_python_originals_identity_is_in_the_body() -> None:
    """Its header is empty."""
    envelope = open_frame(frame_named("py/c2s/001_SandeshCtrlClientToServer.bin"))
    hello = read_hello(envelope)

    assert envelope.header.source == ""
    assert str(hello.identity) == "probe-host:Compute:probe-module:0"
    assert (hello.connections, hello.pid, hello.uve_types[:2]) == (1, 9705, ("NodeStatusUVE", "AlarmTrace"))


def test_a_control_message_says_that_it_is_one() -> None:
    """Type, hint, level, context and signature are those of the originals."""
    header = open_frame(frames_of(encode_hello(Hello(Identity("s", "n", "m", "0")), timestamp_us=1))[0]).header

    assert (header.type, header.hints, header.level) == (SandeshType.REQUEST, Hint.CONTROL, Level.INVALID)
    assert (header.context, header.version_sig, header.sequence_number) == ("ctrl", -340245130, 1)


@pytest.mark.parametrize("name", ["ä", "a&b", "a<b", "a'b", "a\n"])
def test_a_collectors_name_must_be_plain(name: str) -> None:
    """The originals' clients hang on any other."""
    with pytest.raises(EncodeError, match="originals cannot read"):
        encode_reply(Reply(name, accepted=True), timestamp_us=1)


def test_what_the_body_lacks_of_an_identity_the_header_has() -> None:
    """A field that is there and empty is empty all the same."""
    header = Header(source="hs", module="hm", node_type="hn", instance_id="hi")
    fields = '<source type="string">s</source><module_name type="string"></module_name>'

    assert read_hello(envelope(HELLO, fields, header)).identity == Identity("s", "hn", "", "hi")


LIST = '<uve_types type="list" identifier="4"><list type="string" size="{}"><element>X</element></list></uve_types>'


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Nope", ""),
        (REPLY, ""),
        (HELLO, '<pid type="u32">abc</pid>'),
        (HELLO, '<pid type="u32">-1</pid>'),
        (HELLO, '<pid type="u32">4294967296</pid>'),
        (HELLO, '<pid type="u32"></pid>'),
        (HELLO, LIST.format(3)),
        (HELLO, LIST.format("x")),
        (HELLO, '<uve_types type="string">X</uve_types>'),
        (HELLO, '<source type="list"><list type="string" size="0"></list></source>'),
        (HELLO, '\n<pid type="u32">1</pid>'),
        (HELLO, '<pid type="u32">1</pid>\n'),
        (HELLO, '<pid type="struct"></pid>'),
    ],
)
def test_a_hello_that_is_none_is_an_error(name: str, fields: str) -> None:
    """What crashes the original server closes the connection here."""
    with pytest.raises(ControlError) as caught:
        read_hello(envelope(name, fields))

    assert caught.value.closes


@pytest.mark.parametrize("success", ["1", "TRUE", "", "true ", "yes"])
def test_success_is_true_or_false(success: str) -> None:
    """Nothing else is a yes, and nothing else a plain no."""
    with pytest.raises(ControlError, match="neither true nor false"):
        read_reply(envelope(REPLY, f'<success type="bool">{success}</success>'))


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ("", False),
        ('<success type="bool">false</success>', False),
        ('<success type="bool">true</success>', True),
        ('<zz type="string">q</zz><success identifier="2" type="bool" z="y">true</success>', True),
        ('<success type="bool">true</success><type_info type="list"><list type="struct"></list></type_info>', True),
    ],
)
def test_a_reply_needs_no_more_than_its_success(fields: str, *, accepted: bool) -> None:
    """A missing list, unknown fields and any order are taken."""
    assert read_reply(envelope(REPLY, fields)) == Reply("", accepted)


@pytest.mark.parametrize(("number", "expected"), [("7", 7), ("-1", 0), ("0", 0)])
def test_a_negative_number_asks_for_everything(number: str, expected: int) -> None:
    """Both originals accept it."""
    info = f'<UVETypeInfo><type_name type="string">X</type_name><seq_num type="u32">{number}</seq_num></UVETypeInfo>'
    fields = f'<type_info type="list"><list type="struct" size="1">{info}</list></type_info>'

    assert read_reply(envelope(REPLY, fields)).seen == {"X": expected}


@pytest.mark.parametrize(
    "info", ["<UVETypeInfo><seq_num type='u32'>abc</seq_num></UVETypeInfo>", "<element>x</element>"]
)
def test_an_entry_that_is_none_is_an_error(info: str) -> None:
    """A number that is no number closes the connection."""
    type_ = "struct" if "UVE" in info else "string"

    with pytest.raises(ControlError):
        read_reply(envelope(REPLY, f'<type_info type="list"><list type="{type_}">{info}</list></type_info>'))
