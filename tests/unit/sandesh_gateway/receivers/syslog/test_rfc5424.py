import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.receivers.deliveries import UndecodableError
from satark.sandesh_gateway.receivers.syslog.line import SyslogLine
from satark.sandesh_gateway.receivers.syslog.rfc5424 import claims_rfc5424, parse_rfc5424

TIME = "2003-10-11T22:14:15.003Z"
PRINTABLE = "".join(chr(code) for code in range(33, 127))


def parsed(text: str | bytes) -> SyslogLine:
    """The line after its priority."""
    return parse_rfc5424(165, text.encode() if isinstance(text, str) else text)


def reason(text: str | bytes) -> str:
    """Why a line is undecodable."""
    with pytest.raises(UndecodableError) as caught:
        parsed(text)
    return caught.value.reason


class TestHeader:
    def test_everything_given(self) -> None:
        """The parts of the header are told apart."""
        line = parsed(f"1 {TIME} host.example app 8710 ID47 - text")

        assert line == SyslogLine(
            priority=165,
            time=datetime(2003, 10, 11, 22, 14, 15, 3_000, tzinfo=UTC),
            host="host.example",
            app="app",
            procid="8710",
            msgid="ID47",
            text="text",
        )

    def test_nothing_given(self) -> None:
        """NILVALUEs everywhere are an empty line, without a time."""
        assert parsed("1 - - - - - -") == SyslogLine(priority=165)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (f"1 {TIME} host app", "bad_header"),
            (f"1  {TIME} host app - - - x", "bad_header"),
            (f"1 {TIME} h\xe9 app - - - x", "bad_header"),
            (f"1 {TIME} {'h' * 256} app - - - x", "bad_header"),
            (f"2 {TIME} host app - - - x", "unknown_version"),
            ("1 yesterday host app - - - x", "bad_time"),
            ("1 2003-10-11T22:14:15 host app - - - x", "bad_time"),
            ("1 2003-10-11T22:14:60Z host app - - - x", "bad_time"),
        ],
    )
    def test_bad(self, text: str, expected: str) -> None:
        """A header that is none is told by what is wrong with it."""
        assert reason(text) == expected

    @pytest.mark.parametrize(
        ("content", "claims"),
        [(b"1 x", True), (b"12 2003-10-11T", True), (b"2 - x", True), (b"29: *Mar", False), (b"2 apples", False)],
    )
    def test_claim(self, content: bytes, claims: bool) -> None:
        """A version makes a line RFC 5424; Cisco's sequence number does not."""
        assert claims_rfc5424(content) is claims


class TestStructuredData:
    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ('[id@1 iut="3" src="App"]', {"id@1.iut": "3", "id@1.src": "App"}),
            ('[a x="1"][b y="2"]', {"a.x": "1", "b.y": "2"}),
            ("[empty]", {"empty": ""}),
            ('[origin ip="192.0.2.1" ip="192.0.2.2"]', {"origin.ip": "192.0.2.1", "origin.ip.2": "192.0.2.2"}),
            ('[a x="1" x="2" x="3"]', {"a.x": "1", "a.x.2": "2", "a.x.3": "3"}),
            (r'[a x="\"\\\]"]', {"a.x": r'"\]'}),
            (r'[a x="\n\1"]', {"a.x": r"\n\1"}),
            ('[a x="]"]', {"a.x": "]"}),
            ('[a x=""]', {"a.x": ""}),
            ('[a x="schön"]', {"a.x": "schön"}),
            ('[a x="1\n2"]', {"a.x": "1\n2"}),
        ],
    )
    def test_good(self, data: str, expected: dict[str, str]) -> None:
        """Parameters are found by element and name, escapes resolved."""
        line = parsed(f"1 - - - - - {data} text")

        assert (line.data, line.text) == (expected, "text")

    @pytest.mark.parametrize(
        "data",
        ["[", "[]", "[a", "[a ]", '[a x"1"]', "[a x=1]", '[a x="1]', '[a x="1" ]', "[a\tb]", "text", '[a x="1\\"]'],
    )
    def test_bad(self, data: str) -> None:
        """What is no structured data is not taken for text."""
        assert reason(f"1 - - - - - {data}") == "bad_structured_data"

    def test_glued_text(self) -> None:
        """Text needs a space before it."""
        assert reason("1 - - - - - [a]text") == "bad_structured_data"

    def test_too_many(self) -> None:
        """A line cannot bring any number of fields."""
        assert reason("1 - - - - - [a" + ' x="1"' * 401 + "]") == "too_many_parameters"

    def test_not_utf8(self) -> None:
        """Values are UTF-8."""
        assert reason(b'1 - - - - - [a x="\xe9"] text') == "not_utf8"

    @given(
        st.dictionaries(
            st.text(sorted(set(PRINTABLE) - set('=]"')), min_size=1, max_size=32),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
            max_size=5,
        )
    )
    def test_what_is_written_is_read(self, values: dict[str, str]) -> None:
        """Any names and values survive being escaped and read back."""
        escaped = {
            name: value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]") for name, value in values.items()
        }
        element = "[id" + "".join(f' {name}="{value}"' for name, value in escaped.items()) + "]"

        expected = {f"id.{name}": value for name, value in values.items()} or {"id": ""}
        assert parsed(f"1 - - - - - {element}").data == expected


class TestText:
    def test_mark(self) -> None:
        """The mark of UTF-8 is no part of the text."""
        assert parsed(b"1 - - - - - - \xef\xbb\xbfsch\xc3\xb6n").text == "schön"

    def test_broken_promise(self) -> None:
        """What has the mark of UTF-8 and is not UTF-8 is undecodable."""
        assert reason(b"1 - - - - - - \xef\xbb\xbfcaf\xe9") == "not_utf8"

    def test_other_bytes(self) -> None:
        """Without the mark any bytes are allowed; they are written out."""
        assert parsed(b"1 - - - - - - caf\xe9").text == r"caf\xe9"

    @pytest.mark.parametrize(("rest", "text"), [("-", ""), ("- ", ""), ("-  x", " x"), ("- a\nb", "a\nb")])
    def test_spaces_are_kept(self, rest: str, text: str) -> None:
        """Only the one space before the text is not of it."""
        assert parsed(f"1 - - - - - {rest}").text == text


class TestRoundTrip:
    NAMES = st.text(PRINTABLE, min_size=1, max_size=48).filter(lambda text: text != "-")

    @given(NAMES, NAMES, NAMES, NAMES, st.text(string.printable, max_size=60))
    def test_what_is_written_is_read(self, host: str, app: str, procid: str, msgid: str, text: str) -> None:
        """Any header and text is read back whole."""
        line = parsed(f"1 {TIME} {host} {app} {procid} {msgid} - {text}")

        assert (line.host, line.app, line.procid, line.msgid, line.text) == (host, app, procid, msgid, text)
