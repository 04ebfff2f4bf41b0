from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.errors import InvalidParams, InvalidRequest
from satark.simulators.vco.params import (
    AggregateParams,
    Interval,
    QualityParams,
    Window,
    check_with,
    decode_params,
    partitions,
    window,
)
from satark.simulators.vco.worlds import NORTHWIND_NOW

START_MS = 1773140400000
END_MS = 1773144000000


def quality(**params: Any) -> QualityParams:
    """Return the params of a quality call."""
    return decode_params({"edgeId": 1, "interval": {"start": START_MS}} | params, QualityParams)


class TestDecode:
    def test_unknown_members_are_ignored(self) -> None:
        """A client that sends more than there is gets its answer."""
        params = decode_params({"interval": {"start": 1}, "enterpriseId": 4101}, AggregateParams)

        assert AggregateParams(interval=Interval(start=1)) == params

    @pytest.mark.parametrize(
        ("params", "code", "message", "path"),
        [
            ({}, "OBJECT_MISSING_REQUIRED_PROPERTY", "Missing required property: interval", "#/"),
            ({"interval": {}}, "OBJECT_MISSING_REQUIRED_PROPERTY", "Missing required property: start", "#/interval"),
            ({"interval": {"start": []}}, "INVALID_TYPE", "Expected `int | str`, got `array`", "#/interval/start"),
            (
                {"interval": {"start": 1}, "enterprises": ["x"]},
                "INVALID_TYPE",
                "Expected `int`, got `str`",
                "#/enterprises/0",
            ),
            ([], "INVALID_TYPE", "Expected `object`, got `array`", "#/"),
        ],
    )
    def test_refusals(self, params: Any, code: str, message: str, path: str) -> None:
        """A missing or wrong member is named in the portal's validation shape."""
        with pytest.raises(InvalidRequest) as caught:
            decode_params(params, AggregateParams)

        assert {"valid": False, "error": [{"code": code, "message": message, "path": path}], "warning": []} == (
            caught.value.data
        )

    def test_with(self) -> None:
        """Unknown parts of an object are refused, known ones are not."""
        assert frozenset({"site", "recentLinks"}) == check_with(["site", "recentLinks", "site"])
        with pytest.raises(InvalidRequest):
            check_with(["site", "nonsense"])


class TestWindow:
    @pytest.mark.parametrize("start", [START_MS, "2026-03-10T11:00:00.000Z", "2026-03-10T12:00:00+01:00"])
    def test_both_forms(self, start: int | str) -> None:
        """Times are milliseconds or RFC 3339."""
        assert Window(START_MS, END_MS) == window(Interval(start, END_MS), NORTHWIND_NOW)

    def test_until_now(self) -> None:
        """Without an end the interval lasts until now."""
        assert Window(START_MS, END_MS + 600_000) == window(Interval(START_MS), NORTHWIND_NOW)

    @pytest.mark.parametrize("text", ["yesterday", "2026-03-10T11:00:00", "", "2026-13-01T00:00:00Z"])
    def test_unreadable(self, text: str) -> None:
        """A text that is no time is refused and named."""
        with pytest.raises(InvalidRequest) as caught:
            window(Interval(text, END_MS), NORTHWIND_NOW)

        assert caught.value.data["error"][0]["path"] == "#/interval/start"

    @pytest.mark.parametrize(("start", "end"), [(END_MS, START_MS), (START_MS, START_MS), (0, END_MS)])
    def test_impossible(self, start: int, end: int) -> None:
        """An interval that ends before it starts, or lasts longer than a month, is refused."""
        with pytest.raises(InvalidParams, match="interval"):
            window(Interval(start, end), NORTHWIND_NOW)


class TestPartitions:
    def test_exclusive(self) -> None:
        """Both ways of cutting at once are refused with the portal's words."""
        with pytest.raises(
            InvalidParams, match=r"^maxSamples may not be specified in conjunction with minutesPerSample$"
        ):
            partitions(Window(START_MS, END_MS), quality(maxSamples=12, minutesPerSample=5))

    def test_by_minutes(self) -> None:
        """Minutes per sample give their length and as many as the interval holds."""
        cut = partitions(Window(START_MS, END_MS), quality(minutesPerSample=5))

        assert (cut.first_ms, cut.length_ms, cut.count) == (START_MS, 300_000, 12)

    def test_last_one_is_short(self) -> None:
        """An interval that is no multiple ends with a shorter partition."""
        assert partitions(Window(START_MS, END_MS), quality(minutesPerSample=7)).count == 9

    def test_formula(self) -> None:
        """A live capture's length: 1729 s for a day that began 50 s after the minute, in 50 samples."""
        start_ms = START_MS + 50_000
        cut = partitions(Window(start_ms, start_ms + 86_400_000), quality(maxSamples=50))

        assert (cut.first_ms, cut.length_ms, cut.count) == (START_MS, 1_729_000, 50)

    def test_default(self) -> None:
        """Without either there are fifty samples."""
        assert partitions(Window(START_MS, END_MS), quality()).count == 50

    def test_too_many(self) -> None:
        """More samples than a month of buckets are refused."""
        with pytest.raises(InvalidParams, match="too many"):
            partitions(Window(START_MS, END_MS), quality(maxSamples=100_000))

    @settings(deadline=None)
    @given(st.integers(0, 10**12), st.integers(1, 31 * 86_400_000), st.integers(1, 8928))
    def test_covers_the_interval(self, start_ms: int, span_ms: int, samples: int) -> None:
        """However it is cut, partitions begin on the minute at or before the start and reach (nearly) to the end."""
        within = Window(start_ms, start_ms + span_ms)
        cut = partitions(within, quality(maxSamples=samples))

        assert cut.first_ms <= start_ms < cut.first_ms + 60_000
        assert cut.length_ms == max((within.end_ms - cut.first_ms) // samples, 1)
