from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.receivers.deliveries import UndecodableError
from satark.sandesh_gateway.receivers.syslog.line import SyslogLine
from satark.sandesh_gateway.receivers.syslog.rfc3164 import parse_rfc3164

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OCT = datetime(2026, 10, 16, 10, 12, 13, tzinfo=UTC)
OCT_MS = OCT.replace(microsecond=123_000)
OCT_2023 = OCT.replace(year=2023)


def parsed(text: str, priority: int | None = 189) -> SyslogLine:
    """The line after its priority, in UTC."""
    return parse_rfc3164(priority, text.encode(errors="surrogateescape"), now=NOW, zone=UTC)


def parts(line: SyslogLine) -> tuple[datetime | None, str, str, str, str, str]:
    """What a line says, without its priority."""
    return line.time, line.host, line.app, line.procid, line.msgid, line.text


class TestTheRfcsForm:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Oct 16 10:12:13 gw su: root", (OCT, "gw", "su", "", "", "root")),
            ("Oct 16 10:12:13 gw sshd[42]: in", (OCT, "gw", "sshd", "42", "", "in")),
            ("Oct 16 10:12:13 10.0.0.99 Use the BFG!", (OCT, "10.0.0.99", "", "", "", "Use the BFG!")),
            ("Oct 16 10:12:13 2001:db8::1 app: x", (OCT, "2001:db8::1", "app", "", "", "x")),
            ("Oct 16 10:12:13 fe80:: app: x", (OCT, "fe80::", "app", "", "", "x")),
            ("Oct 16 10:12:13 gw", (OCT, "gw", "", "", "", "")),
            ("Oct 16 10:12:13 gw CEF:0|V|P|1|x=y", (OCT, "gw", "", "", "", "CEF:0|V|P|1|x=y")),
            ("Oct 16 10:12:13 gw two words: x", (OCT, "gw", "", "", "", "two words: x")),
        ],
    )
    def test_it_is_read(self, text: str, expected: tuple[object, ...]) -> None:
        """Time, host, tag and process are told apart; a text without tag is only a text."""
        assert parts(parsed(text)) == expected

    def test_day_of_one_digit(self) -> None:
        """A day below ten is padded with a space."""
        assert parsed("Nov  5 17:32:18 gw app: x").time == datetime(2026, 11, 5, 17, 32, 18, tzinfo=UTC)


class TestDeviations:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Oct 16 10:12:13 sshd[42]: in", (OCT, "", "sshd", "42", "", "in")),
            ("Oct 16 10:12:13 su: root", (OCT, "", "su", "", "", "root")),
            ("Oct 16 10:12:13 last message repeated 3 times", (OCT, "", "", "", "", "last message repeated 3 times")),
            ("Oct 16 10:12:13 -- MARK --", (OCT, "", "", "", "", "-- MARK --")),
            ("2026-10-16T10:12:13.123Z esx1 Hostd: x", (OCT_MS, "esx1", "Hostd", "", "", "x")),
            ("2026-10-16T12:12:13+02:00 gw app[1]: x", (OCT, "gw", "app", "1", "", "x")),
            ("2026-10-16 10:12:13,123 gw app: x", (OCT_MS, "gw", "app", "", "", "x")),
            ("Oct 16 10:12:13 UTC 2023 gw app: x", (OCT_2023, "gw", "app", "", "", "x")),
            ("app[7]: no time", (None, "", "app", "7", "", "no time")),
            ("no structure at all", (None, "", "", "", "", "no structure at all")),
            ("Oct 36 10:12:13 gw app: x", (None, "", "", "", "", "Oct 36 10:12:13 gw app: x")),
        ],
    )
    def test_they_are_read(self, text: str, expected: tuple[object, ...]) -> None:
        """Missing hosts, times of other forms and bare texts are understood as far as they go."""
        assert parts(parsed(text)) == expected

    def test_bytes_that_are_no_utf8(self) -> None:
        """A byte that is not UTF-8 is written out."""
        assert parsed("Oct 16 10:12:13 gw app: caf\udce9").text == r"caf\xe9"


class TestCisco:
    @pytest.mark.parametrize(
        "before",
        [
            "Oct 16 10:12:13: ",
            "*Oct 16 10:12:13: ",
            ".Oct 16 10:12:13 UTC: ",
            "29: Oct 16 10:12:13: ",
            "000029: Oct 16 10:12:13 CET: ",
            "29: Oct 16 2026 10:12:13: ",
            ": 2026 Oct 16 10:12:13 UTC: ",
            ":Oct 16 10:12:13 UTC: ",
        ],
    )
    def test_heads(self, before: str) -> None:
        """Sequence numbers, marks of the clock, years and zones may stand around the time; there is no host."""
        assert parts(parsed(f"{before}%LINK-3-UPDOWN: up")) == (OCT, "", "", "", "LINK-3-UPDOWN", "up")

    @pytest.mark.parametrize(
        "before",
        [
            "29: r1: Oct 16 10:12:13: ",
            "r1: Oct 16 10:12:13: ",
            "Oct 16 10:12:13 r1 : ",
            "Oct 16 10:12:13 r1 29: Nov 11 11:11:11.111: ",
            "Oct 16 10:12:13 r1 : 2026 Nov 11 11:11:11 UTC: ",
        ],
    )
    def test_names(self, before: str) -> None:
        """The device is named by its origin-id, by ASA after the time, or by a relay, whose time counts."""
        assert parts(parsed(f"{before}%LINK-3-UPDOWN: up")) == (OCT, "r1", "", "", "LINK-3-UPDOWN", "up")

    @pytest.mark.parametrize("uptime", ["00:00:46", "1w2d", "3d04h", "1y12w", "120:10:11"])
    def test_uptimes(self, uptime: str) -> None:
        """Time since the start is no time."""
        assert parts(parsed(f"31: {uptime}: %SYS-5-RESTART: x")) == (None, "", "", "", "SYS-5-RESTART", "x")

    def test_ios_xr(self) -> None:
        """IOS XR names node, process and mnemonic."""
        line = parsed("12: core1 RP/0/RSP0/CPU0:Oct 16 10:12:13.123 : ifmgr[98]: %PKT_INFRA-LINK-3-UPDOWN : up")

        assert parts(line) == (
            OCT_MS,
            "core1",
            "ifmgr",
            "98",
            "PKT_INFRA-LINK-3-UPDOWN",
            "%PKT_INFRA-LINK-3-UPDOWN : up",
        )

    def test_bare_mnemonic(self) -> None:
        """A firewall without timestamps sends the mnemonic alone."""
        assert parts(parsed("%ASA-session-6-302013: Built")) == (None, "", "", "", "ASA-session-6-302013", "Built")


class TestJunos:
    @pytest.mark.parametrize("time", ["Oct 16 10:12:13 ", "Oct 16 10:12:13 2026 ", "Oct 16 10:12:13.000 2026 "])
    def test_it_is_read(self, time: str) -> None:
        """Junos writes the year after the time, two spaces, and its event before the text."""
        assert parts(parsed(f"{time} re0.r1 rpd[12]: RPD_BGP_NEIGHBOR: gone")) == (
            OCT,
            "re0.r1",
            "rpd",
            "12",
            "RPD_BGP_NEIGHBOR",
            "RPD_BGP_NEIGHBOR: gone",
        )

    def test_kernel(self) -> None:
        """A tag may be a path."""
        assert parsed("Oct 16 10:12:13  r1 /kernel: x").app == "/kernel"


class TestWithoutPriority:
    @pytest.mark.parametrize("text", ["Oct 16 10:12:13 gw app: x", "2026-10-16T10:12:13Z gw app: x", "1w2d: x: y"])
    def test_a_time_is_enough(self, text: str) -> None:
        """A line with a time is syslog; it counts as user.notice."""
        assert parsed(text, None).priority == 13

    def test_a_mnemonic_is_enough(self) -> None:
        """A mnemonic tells the severity."""
        line = parsed("%ASA-3-302013: Built", None)

        assert (line.facility, line.severity) == ("user", 3)

    @pytest.mark.parametrize("text", ["GET / HTTP/1.1", "\x16\x03\x01\x02", "hello", "app: x"])
    def test_nothing_is_not(self, text: str) -> None:
        """What shows by nothing that it is syslog is not taken for it."""
        with pytest.raises(UndecodableError) as caught:
            parsed(text, None)

        assert caught.value.reason == "not_syslog"


WORD = st.text(st.sampled_from("abcxyzABC019_-."), min_size=1, max_size=20).map(lambda text: "h" + text)


class TestRoundTrip:
    @given(
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 21), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
        WORD,
        WORD,
        st.integers(0, 99_999),
        st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60).map(str.strip),
    )
    def test_what_is_written_is_read(self, time: datetime, host: str, app: str, pid: int, text: str) -> None:
        """A line as the RFC wants it is read back whole."""
        time = time.replace(microsecond=0)

        line = parsed(f"{time:%b} {time.day:2} {time:%H:%M:%S} {host} {app}[{pid}]: {text}")

        assert (line.time, line.host, line.app, line.procid, line.text) == (time, host, app, str(pid), text)
