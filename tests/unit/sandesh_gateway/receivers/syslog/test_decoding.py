from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.receivers.deliveries import UndecodableError
from satark.sandesh_gateway.receivers.syslog.decoding import decode_line
from satark.sandesh_gateway.receivers.syslog.line import SyslogLine

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
REASONS = {
    "empty",
    "bad_priority",
    "not_syslog",
    "bad_header",
    "unknown_version",
    "bad_time",
    "bad_structured_data",
    "too_many_parameters",
    "not_utf8",
}
PIECES = st.sampled_from(
    [
        *("<34>", "<", ">", "<999>", "1 ", "2 ", "- ", "[", "]", '"', "\\", "=", ": ", ":", "*", "%SYS-5-CONFIG_I: "),
        *("Oct 11 22:14:15 ", "Feb 29 00:00:00", "2026-11-21T12:00:00Z ", "0001-01-01T00:00:00+23:59 ", "1w2d: "),
        *("host ", "app[1]: ", "RP/0/RSP0/CPU0:", "29: ", "\ufeff", "\0", "\n", "é", "x" * 300, "a=", 'a="b" ', "\t"),
    ]
)


def decoded(raw: bytes | str) -> SyslogLine:
    """The line, read in Berlin in November 2026."""
    return decode_line(raw.encode() if isinstance(raw, str) else raw, now=NOW, zone=BERLIN)


def outcome(raw: bytes | str) -> SyslogLine | str:
    """The line, or the reason why it is none; any other exception fails the test."""
    try:
        return decoded(raw)
    except UndecodableError as error:
        return error.reason


class TestHostileInput:
    @given(st.binary(max_size=400))
    def test_bytes(self, raw: bytes) -> None:
        """Whatever the bytes, there is a line or the typed error."""
        found = outcome(raw)

        assert isinstance(found, SyslogLine) or found in REASONS

    @given(st.lists(PIECES, max_size=20).map("".join))
    def test_pieces_of_syslog(self, raw: str) -> None:
        """Whatever the parts of lines are put together to, there is a line of encodable texts, or the typed error."""
        found = outcome(raw)

        if isinstance(found, SyslogLine):
            texts = (found.host, found.app, found.procid, found.msgid, found.text, *found.data, *found.data.values())
            assert all(text == text.encode().decode() for text in texts)
            assert found.time is None or found.time.tzinfo is UTC
        else:
            assert found in REASONS

    @pytest.mark.parametrize(
        "raw",
        [
            "<13>" + "a" * 32_000,
            "<13>" + "[" * 32_000,
            "<13>1 - - - - - " + "[a]" * 10_000,
            "<13>1 - - - - - [a " + 'b="' + "\\" * 32_000,
            "<13>" + "1w" * 16_000,
            "<13>" + "A/" * 16_000,
            "<13>" + ": " * 16_000,
            "<13>Oct 11 22:14:15 " + "%A-" * 10_000,
            "<13>Oct 11 22:14:15 " + "a." * 16_000,
            "<13>x: " + "A_" * 16_000,
        ],
    )
    @pytest.mark.timeout(5)
    def test_no_line_takes_long(self, raw: str) -> None:
        """The longest lines made for a pattern's weakness are read in no time."""
        found = {str(outcome(raw)) for _ in range(20)}

        assert len(found) == 1


class TestTheTwoForms:
    def test_the_new_one(self) -> None:
        """A version after the priority means RFC 5424."""
        line = decoded("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time")

        assert line == SyslogLine(
            priority=165,
            time=datetime(2003, 8, 24, 5, 14, 15, 3, timezone(timedelta(hours=-7))),
            host="192.0.2.1",
            app="myproc",
            procid="8710",
            text="%% It's time",
        )
        assert (line.facility, line.severity) == ("local4", 5)

    def test_the_old_one(self) -> None:
        """Anything else is read as RFC 3164."""
        line = decoded("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8")

        assert line == SyslogLine(
            priority=34,
            time=datetime(2026, 10, 11, 20, 14, 15, tzinfo=UTC),
            host="mymachine",
            app="su",
            text="'su root' failed for lonvick on /dev/pts/8",
        )
        assert (line.facility, line.severity) == ("auth", 2)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\0", "\n\0"])
    def test_ends(self, end: str) -> None:
        """What a sender ends its lines with is no part of the text."""
        assert decoded(f"<13>Nov 21 10:00:00 h app: x{end}").text == "x"

    @pytest.mark.parametrize("raw", ["", "\n", "\0\0", "   "])
    def test_empty(self, raw: str) -> None:
        """A line with nothing in it is none."""
        with pytest.raises(UndecodableError) as caught:
            decoded(raw)

        assert caught.value.reason == "empty"

    def test_new_form_without_priority(self) -> None:
        """RFC 5424 without priority counts as user.notice."""
        line = decoded("1 2026-11-21T12:00:00Z h app - - - x")

        assert (line.facility, line.severity, line.text) == ("user", 5, "x")


class TestPriority:
    @pytest.mark.parametrize("raw", ["<192>x", "<>x", "<a>x", "<13", "<0001>x", "<-1>x", "<13 >x", "<"])
    def test_bad(self, raw: str) -> None:
        """What begins like a priority and is none makes the line undecodable."""
        with pytest.raises(UndecodableError) as caught:
            decoded(raw)

        assert caught.value.reason == "bad_priority"

    @pytest.mark.parametrize(
        ("raw", "facility", "severity"), [("<0>x", "kern", 0), ("<191>x", "local7", 7), ("<013>x", "user", 5)]
    )
    def test_good(self, raw: str, facility: str, severity: int) -> None:
        """All 192 priorities are known, with leading zeros too."""
        line = decoded(raw)

        assert (line.facility, line.severity) == (facility, severity)
