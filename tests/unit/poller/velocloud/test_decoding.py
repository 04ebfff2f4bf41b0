"""decoding: names, times and rows out of any JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, Struct

from satark.poller.errors import WrongShapeError
from satark.poller.http.exchange import Asked
from satark.poller.velocloud.decoding import (
    MAX_EPOCH_MS,
    MAX_TEXT_CHARS,
    WrongShape,
    decoded,
    epoch_ms,
    first_id,
    good_rows,
    is_empty,
    shaped,
    text_of,
    time_of,
)
from tests.unit.poller.doubles import ELEVEN
from tests.unit.poller.velocloud.payloads import ELEVEN_MS, JSON_VALUES, encoded, raw


class _Row(Struct):
    id: int


class TestText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("São Paulo 03", "São Paulo 03"),
            ("  a ", "a"),
            ("a\r\nb", "a  b"),
            ("\x1b[31mred", "[31mred"),
            ("\u202eevil", "evil"),
            ("", ""),
            (None, ""),
            (5, ""),
            (["a"], ""),
            ("x" * 5_000, "x" * MAX_TEXT_CHARS),
        ],
    )
    def test_values(self, value: object, text: str) -> None:
        """A name is on one line, bounded and without control characters; what is no text is no name."""
        assert text_of(value) == text

    @given(JSON_VALUES | st.text(max_size=2_000))
    def test_any(self, value: Any) -> None:
        """Anything gives a printable text without surrounding spaces."""
        text = text_of(value)

        assert text.isprintable()
        assert text == text.strip()
        assert len(text) <= MAX_TEXT_CHARS


class TestTime:
    @pytest.mark.parametrize(
        "value",
        [
            ELEVEN_MS,
            float(ELEVEN_MS),
            "2026-03-10T11:00:00.000Z",
            "2026-03-10T11:00:00Z",
            "2026-03-10T13:00:00+02:00",
        ],
    )
    def test_forms(self, value: object) -> None:
        """A time comes in milliseconds or as text, always in UTC."""
        time = time_of(value)

        assert time == ELEVEN
        assert time is not None
        assert time.tzinfo is UTC

    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            "",
            "0000-00-00 00:00:00",
            "2026-03-10T11:00:00",
            "2026-03-10",
            "yesterday",
            -1,
            MAX_EPOCH_MS + 1,
            10**300,
            1e300,
            {},
            "0001-01-01T00:00:00+05:00",
            "9999-12-31T23:59:59-05:00",
        ],
    )
    def test_none(self, value: object) -> None:
        """Zeros, null, local times and what no calendar has are no times."""
        assert time_of(value) is None

    def test_bounds(self) -> None:
        """The first and the last second that count."""
        assert time_of(0) == datetime(1970, 1, 1, tzinfo=UTC)
        assert time_of(MAX_EPOCH_MS) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    @given(JSON_VALUES | st.datetimes(timezones=st.timezones()).map(datetime.isoformat))
    def test_any(self, value: Any) -> None:
        """Anything gives a time in UTC or none."""
        time = time_of(value)

        assert time is None or time.tzinfo is UTC

    @given(st.integers(0, MAX_EPOCH_MS))
    def test_round_trip(self, milliseconds: int) -> None:
        """Milliseconds are read as they are written."""
        time = time_of(milliseconds)

        assert time is not None
        assert abs(epoch_ms(time) - milliseconds) <= 1

    def test_epoch_of_today(self) -> None:
        """The orchestrator is asked in whole milliseconds."""
        assert epoch_ms(ELEVEN) == ELEVEN_MS
        assert epoch_ms(ELEVEN + timedelta(minutes=5)) == ELEVEN_MS + 300_000


class TestIds:
    @pytest.mark.parametrize(
        ("candidates", "expected"),
        [
            (("a", "b"), "a"),
            ((None, "b"), "b"),
            (("", 5), 5),
            ((0, 5), 0),
            ((True, 1.5, [], "c"), "c"),
            ((None, ""), None),
            ((), None),
        ],
    )
    def test_first(self, candidates: tuple[Any, ...], expected: object) -> None:
        """The first candidate counts that can be an id."""
        assert first_id(*candidates) == expected


class TestEmpty:
    @pytest.mark.parametrize("result", [None, Raw(b"[]"), Raw(b"{}"), Raw(b" { } "), b"[\n]"])
    def test_empty(self, result: Raw | bytes | None) -> None:
        """No result, an empty list and an empty object say that there is no data."""
        assert is_empty(result)

    @pytest.mark.parametrize("result", [b"[0]", b'{"a":1}', b"null", b"", b'""'])
    def test_not_empty(self, result: bytes) -> None:
        """Anything else says something."""
        assert not is_empty(result)


class TestDecoded:
    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'"\xff"', b"[" * 100_000, b"1e400", b"5"])
    def test_wrong(self, body: bytes) -> None:
        """What is not of the type is a wrong shape, told shortly."""
        with pytest.raises(WrongShape, match=r"expected a row") as caught:
            decoded(body, _Row, "a row")

        assert len(str(caught.value)) < 300

    def test_nothing(self) -> None:
        """A missing result is a wrong shape where there must be one."""
        with pytest.raises(WrongShape, match="no result"):
            decoded(None, _Row, "a row")

    @given(JSON_VALUES)
    def test_any(self, value: Any) -> None:
        """Any JSON is a value of the type or a wrong shape."""
        try:
            row = decoded(raw(value), _Row, "a row")
        except WrongShape:
            return

        assert isinstance(row.id, int)

    @given(st.lists(JSON_VALUES))
    def test_any_rows(self, rows: list[Any]) -> None:
        """Each row is good or told, whether it was decoded before or not."""
        raws = msgspec.json.decode(encoded(rows), type=list[Raw])
        from_json, told = good_rows(raws, _Row, "a row")
        from_values, told_again = good_rows(rows, _Row, "a row")

        assert len(from_json) + len(told) == len(rows) == len(from_values) + len(told_again)
        assert {one.reason for one in told} <= {"bad_row"}


class TestShaped:
    def test_dead_letter(self) -> None:
        """An answer of another shape is kept without the secrets, and its error names whom one asked what."""
        asked = Asked("vco.example.net", "any/method", ("geheim", 'pass"word'))
        body = rb'{"echo": "Token geheim", "p": "pass\"word", "id": "geheim"}'
        with pytest.raises(WrongShapeError, match=r"vco\.example\.net: any/method: expected a row") as caught:
            shaped(lambda given: decoded(given, _Row, "a row geheim"), body, asked, body=body)

        assert caught.value.body == rb'{"echo": "Token ***", "p": "***", "id": "***"}'
        assert "geheim" not in str(caught.value)
        assert not caught.value.retryable
