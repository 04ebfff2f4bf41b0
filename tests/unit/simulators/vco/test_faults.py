from datetime import timedelta
from typing import Any

import msgspec
import pytest

from satark.simulators.vco.faults import Failure, Faults, FaultsError, LateBucket, Rate, spoil
from satark.simulators.vco.ratelimit import RateLimiter
from satark.simulators.vco.times import to_ms
from satark.simulators.vco.worlds import NORTHWIND_NOW

SERIES: dict[str, Any] = {
    "a": {"timeseries": [{"timestamp": n, "metadata": {"detail": {}, "metrics": []}} for n in range(4)], "score": 1}
}


class TestChange:
    def test_some(self) -> None:
        """Knobs that are named change, the others stay."""
        changed = Faults(lag_s=5).changed({"auth_style": "login_page", "rate": {"limit": 3}})

        assert Faults(lag_s=5, auth_style="login_page", rate=Rate(limit=3)) == changed

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"auth_style": "shy"}, "$.auth_style"),
            ({"lag_s": -1}, "$.lag_s"),
            ({"colour": 1}, "colour"),
            ({"fail": [{"kind": "explode"}]}, "$.fail[0].kind"),
            ({"fail": [{"kind": "reset", "times": 0}]}, "$.fail[0].times"),
            ({"token_expires": "2026-03-10T12:10:00"}, "$.token_expires"),
            ({"late_buckets": [{"link": "x", "at": "2026-03-10T12:10:00", "delay_s": 1}]}, "$.late_buckets[0].at"),
            ([], "expected an object"),
        ],
    )
    def test_refused(self, change: Any, path: str) -> None:
        """A wrong knob is refused and named."""
        with pytest.raises(FaultsError) as caught:
            Faults().changed(change)

        assert path in str(caught.value)

    def test_round_trip(self) -> None:
        """The knobs survive JSON, as the control interface shows and takes them."""
        faults = Faults(
            fail=(Failure(kind="slow", times=None),),
            late_buckets=(LateBucket(link="x", at=NORTHWIND_NOW, delay_s=5),),
            token_expires=NORTHWIND_NOW,
        )

        assert faults == Faults().changed(msgspec.json.decode(msgspec.json.encode(faults)))

    def test_late_buckets(self) -> None:
        """A late bucket is found by any time within it."""
        late = LateBucket(link="x", at=NORTHWIND_NOW + timedelta(seconds=299), delay_s=60)

        assert {("x", to_ms(NORTHWIND_NOW)): 60.0} == Faults(late_buckets=(late,)).late_s


class TestTake:
    def test_counts_down(self) -> None:
        """A failure strikes as often as it says, for its method alone, in the order given."""
        faults = Faults(fail=(Failure(kind="reset", method="a/b", times=2), Failure(kind="bad_gateway")))
        kinds = []
        for method in ("c/d", "a/b", "a/b", "a/b"):
            failure, faults = faults.take(method)
            kinds.append(failure and failure.kind)

        assert kinds == ["bad_gateway", "reset", "reset", None]
        assert faults.fail == ()

    def test_until_further_notice(self) -> None:
        """A failure without a number never ends."""
        faults = Faults(fail=(Failure(kind="reset", times=None),))

        assert (faults.fail[0], faults) == faults.take("a/b")


class TestSpoil:
    def test_detail_missing(self) -> None:
        """Every second sample loses its detail, and nothing else."""
        rows = spoil("detail_missing", SERIES)["a"]["timeseries"]

        assert ["detail" in row["metadata"] for row in rows] == [True, False, True, False]
        assert all("metrics" in row["metadata"] for row in rows)

    def test_dup_timestamps(self) -> None:
        """Every third sample comes twice."""
        rows = spoil("dup_timestamps", SERIES)["a"]["timeseries"]

        assert [row["timestamp"] for row in rows] == [0, 0, 1, 2, 3, 3]

    @pytest.mark.parametrize(("result", "empty"), [([1], []), (SERIES, {})])
    def test_empty_result(self, result: Any, empty: Any) -> None:
        """An empty result keeps its type."""
        assert empty == spoil("empty_result", result)

    def test_others_leave_alone(self) -> None:
        """A quirk of series leaves other results alone, and the original is never touched."""
        before = msgspec.json.encode(SERIES)

        assert spoil("dup_timestamps", [1, 2]) == [1, 2]
        assert spoil("truncated", SERIES) == SERIES
        spoil("detail_missing", SERIES)
        assert before == msgspec.json.encode(SERIES)


class TestRateLimiter:
    def test_penalty(self) -> None:
        """The request above the limit starts a penalty; during it all are refused and counted; then it is over."""
        limiter = RateLimiter()
        rate = Rate(limit=2)
        admitted = [limiter.admit(rate, now_s) for now_s in (0.0, 1.0, 2.0, 3.0, 6.9, 7.0, 7.1)]

        assert admitted == [True, True, False, False, False, True, True]
        assert (limiter.refused, limiter.refused_in_penalty) == (3, 2)

    def test_window_slides(self) -> None:
        """A pace below the limit is never refused."""
        limiter = RateLimiter()

        assert all(limiter.admit(Rate(limit=2), 2.5 * number) for number in range(100))

    def test_concurrency(self) -> None:
        """Too many requests in flight are refused like too many in a window."""
        limiter = RateLimiter()
        rate = Rate(limit=100, max_concurrency=2)

        assert [limiter.admit(rate, 0.0, in_flight) for in_flight in (1, 2, 0)] == [True, False, False]

    def test_off(self) -> None:
        """Without a limit everything passes."""
        limiter = RateLimiter()

        assert all(limiter.admit(None, 0.0, 99) for _ in range(1000))
