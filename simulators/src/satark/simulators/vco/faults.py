"""The knobs of 1.13 that concern the v1 API: a value that a test or `POST /__sim/faults` changes while all runs."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from satark.simulators.vco.aggregate import Era, IdleRows
from satark.simulators.vco.lies import LIES, Lie, told
from satark.simulators.vco.times import BUCKET_MS, to_ms

AuthStyle = Literal["token_error", "login_redirect", "login_page", "status_401", "status_403"]
"""How a bad credential shows: tokenError in HTTP 200, 302 to the login page, the page itself in 200, or a status."""

FailureKind = Literal[
    "error_500",
    "bad_gateway",
    "truncated",
    "reset",
    "slow",
    "drip",
    "stall",
    "redirect",
    "login_page",
    "privilege",
    "method_error",
    "detail_missing",
    "dup_timestamps",
    "empty_result",
    Lie,
]
EVERY_METHOD = "*"
MAX_SKEW_S = 366 * 86_400
Moment = Annotated[datetime, Meta(tz=True)]
Positive = Annotated[float, Meta(gt=0)]


class FaultsError(ValueError):
    """A change of the knobs is refused; the text names the knob."""


class Failure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next `times` calls of a method go wrong; None means until further notice.

    `delay_s` is for the kinds slow (before the answer), drip (it takes so long, piece by piece) and stall (half of it,
    then nothing for so long); `location` is for kind redirect, which answers 308, to the same URL without one.
    """

    kind: FailureKind
    method: str = EVERY_METHOD
    times: Annotated[int, Meta(ge=1)] | None = 1
    delay_s: Positive = 30.0
    location: str | None = None


class Rate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rate limit of 1.3, in real seconds: after `limit` requests in a window, 429 to all for the penalty.

    `retry_after_s` adds the header that a proxy may send; the orchestrator itself sends none.
    """

    limit: Annotated[int, Meta(ge=1)]
    window_s: Positive = 5.0
    penalty_s: Positive = 5.0
    max_concurrency: Annotated[int, Meta(ge=1)] | None = None
    retry_after_s: Annotated[int, Meta(ge=0)] | None = None


class LateBucket(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bucket of a link (internal id) that contains `at` appears later than the others."""

    link: str
    at: Moment
    delay_s: Positive


class LateEdge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All buckets of an edge (name, id or logical id) that start in [since, release) appear at once at release."""

    edge: str
    since: Moment
    release: Moment


class Faults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All knobs. The defaults are a healthy orchestrator with the documented delay.

    `date_skew_s`: so far from the virtual time is what the `Date` of answers says.
    """

    lag_s: Annotated[float, Meta(ge=0)] = 600.0
    date_skew_s: Annotated[float, Meta(ge=-MAX_SKEW_S, le=MAX_SKEW_S)] = 0.0
    session_ttl_s: Positive = 86_400.0
    token_expires: Moment | None = None
    auth_style: AuthStyle = "token_error"
    expires_header: bool = False
    login_status: Literal[200, 302] = 200
    rate: Rate | None = None
    fail: Annotated[tuple[Failure, ...], Meta(max_length=100)] = ()
    forbidden_enterprises: Annotated[tuple[int, ...], Meta(max_length=1000)] = ()
    late_buckets: Annotated[tuple[LateBucket, ...], Meta(max_length=1000)] = ()
    late_edges: Annotated[tuple[LateEdge, ...], Meta(max_length=1000)] = ()
    era: Era = "5.2"
    idle_rows: IdleRows = "absent"
    refused_with: Annotated[tuple[str, ...], Meta(max_length=100)] = ()

    @property
    def late_s(self) -> dict[tuple[str, int], float]:
        """The delays of single buckets, by (internal id, bucket start in ms)."""
        return {(one.link, to_ms(one.at) // BUCKET_MS * BUCKET_MS): one.delay_s for one in self.late_buckets}

    def changed(self, change: Any) -> "Faults":
        """Return these knobs with some of them changed, from a JSON-like mapping.

        Raises FaultsError for an unknown knob or a wrong value.
        """
        if not isinstance(change, dict):
            raise FaultsError("expected an object of knobs")
        try:
            return msgspec.convert(msgspec.to_builtins(self) | change, Faults)
        except msgspec.ValidationError as error:
            raise FaultsError(str(error)) from error

    def take(self, method: str) -> "tuple[Failure | None, Faults]":
        """Return the failure that is due for a call, and the knobs with one of its times used up."""
        for number, failure in enumerate(self.fail):
            if failure.method in {method, EVERY_METHOD}:
                if failure.times is None:
                    return failure, self
                left = (msgspec.structs.replace(failure, times=failure.times - 1),) if failure.times > 1 else ()
                rest = (*self.fail[:number], *left, *self.fail[number + 1 :])
                return failure, msgspec.structs.replace(self, fail=rest)
        return None, self


def spoil(kind: FailureKind, result: Any) -> Any:
    """Return a result with the quirk of a failure kind (1.6), or with its lie; other kinds leave it alone."""
    if kind in LIES:
        return told(kind, result)
    if kind == "empty_result":
        if isinstance(result, dict) and "metaData" in result:
            return {**result, "data": [], "metaData": {"limit": result["metaData"]["limit"], "more": False}}
        return [] if isinstance(result, list) else {}
    if kind in {"detail_missing", "dup_timestamps"} and isinstance(result, dict):
        return {name: _spoil_entry(kind, entry) for name, entry in result.items()}
    return result


def _spoil_entry(kind: FailureKind, entry: Any) -> Any:
    """Take the detail from every second sample, or send every third one twice."""
    if not isinstance(entry, dict) or "timeseries" not in entry:
        return entry
    rows = entry["timeseries"]
    if kind == "detail_missing":
        rows = [_without_detail(row) if number % 2 else row for number, row in enumerate(rows)]
    else:
        rows = [row for number, row in enumerate(rows) for _ in range(2 if number % 3 == 0 else 1)]
    return {**entry, "timeseries": rows}


def _without_detail(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "metadata": {name: value for name, value in row["metadata"].items() if name != "detail"}}
