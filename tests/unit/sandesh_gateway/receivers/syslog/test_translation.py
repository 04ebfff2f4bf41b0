from datetime import UTC, datetime, timedelta

import pytest

from satark.sandesh_gateway.receivers.deliveries import DeadLine, Frame, Heard, UndecodableError
from satark.sandesh_gateway.receivers.syslog.judging import judged
from satark.sandesh_gateway.receivers.syslog.line import SyslogLine
from satark.sandesh_gateway.receivers.syslog.translation import Trust, message_of
from satark.schemas.codec import decode, encode
from satark.schemas.messages import Level, Message

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TRUST = Trust(ahead=timedelta(minutes=5), age=timedelta(days=7))
LINE = SyslogLine(
    priority=165,
    time=NOW - timedelta(seconds=3),
    host="gw",
    app="rpd",
    procid="12",
    msgid="BGP_DOWN",
    data={"origin.ip": "192.0.2.7"},
    text="gone",
)


def message(line: SyslogLine, raw: bytes = b"raw", address: str = "192.0.2.1") -> Message:
    """The line as a message."""
    return message_of(line, raw=raw, address=address, now=NOW, trust=TRUST)


class TestMessage:
    def test_everything_has_its_place(self) -> None:
        """What a line says is found where the contract has it."""
        found = message(LINE)

        assert found == Message(
            id=found.id,
            entity="syslog/gw",
            kind="syslog",
            time=NOW - timedelta(seconds=3),
            name="rpd",
            level=Level.NOTICE,
            category="local4",
            text="gone",
            fields={"origin.ip": "192.0.2.7", "msgid": "BGP_DOWN", "procid": "12"},
            labels={"source": "syslog", "host": "gw", "address": "192.0.2.1"},
        )

    def test_a_line_that_says_nothing(self) -> None:
        """Without host, time and name there are the sender's address, now, and a dash."""
        found = message(SyslogLine(priority=13))

        assert (found.entity, found.time, found.name, found.fields) == ("syslog/192.0.2.1", NOW, "-", {})

    def test_a_mnemonic_is_a_name(self) -> None:
        """A device without applications names the type of its message."""
        assert message(SyslogLine(priority=13, msgid="LINK-3-UPDOWN")).name == "LINK-3-UPDOWN"

    def test_it_travels(self) -> None:
        """The message is one of the contract."""
        sent = encode(message(LINE), source="test")

        assert decode(sent.topic, sent.value, sent.headers) == message(LINE)


class TestId:
    def test_the_same_line_has_the_same_id(self) -> None:
        """The same bytes of the same host and time are the same message, whoever brought them."""
        assert message(LINE).id == message(LINE, address="192.0.2.9").id

    def test_another_line_has_another(self) -> None:
        """Other bytes are another message."""
        assert message(LINE).id != message(LINE, raw=b"other").id

    def test_a_line_without_host_is_its_senders(self) -> None:
        """Equal lines of two senders that name no host are two messages."""
        line = SyslogLine(priority=13, time=NOW)

        assert message(line).id != message(line, address="192.0.2.9").id


class TestTrust:
    @pytest.mark.parametrize(
        "off", [timedelta(minutes=6), timedelta(hours=2), timedelta(days=-8), timedelta(days=-9000)]
    )
    def test_a_clock_that_is_off_is_not_believed(self, off: timedelta) -> None:
        """The time of reception counts, and the stated one is kept."""
        found = message(SyslogLine(priority=13, time=NOW + off))

        assert found.time == NOW
        assert datetime.fromisoformat(found.fields["stated_time"]) == NOW + off

    @pytest.mark.parametrize("off", [timedelta(minutes=5), timedelta(0), timedelta(days=-7)])
    def test_a_clock_that_is_nearly_right_is(self, off: timedelta) -> None:
        """Within the limits the sender's time counts."""
        found = message(SyslogLine(priority=13, time=NOW + off))

        assert (found.time, found.fields) == (NOW + off, {})


class TestJudged:
    def test_a_good_line(self) -> None:
        """A line becomes a message."""
        found = judged(Frame(b"<13>hello"), peer="192.0.2.1", now=NOW, zone=UTC, trust=TRUST)

        assert isinstance(found, Heard)
        assert isinstance(found.event, Message)
        assert found.event.text == "hello"

    def test_a_bad_line(self) -> None:
        """A line that cannot be read is kept as it came, with the cause."""
        found = judged(Frame(b"<999>hello"), peer="192.0.2.1", now=NOW, zone=UTC, trust=TRUST)

        assert isinstance(found, DeadLine)
        assert (found.raw, found.error.reason, found.peer) == (b"<999>hello", "bad_priority", "192.0.2.1")

    def test_a_line_that_was_cut(self) -> None:
        """What the framing found wrong is not read at all."""
        error = UndecodableError("too_long", "too long")

        found = judged(Frame(b"<13>hel", error), peer="192.0.2.1", now=NOW, zone=UTC, trust=TRUST)

        assert found == DeadLine("syslog", "192.0.2.1", b"<13>hel", error, NOW)
