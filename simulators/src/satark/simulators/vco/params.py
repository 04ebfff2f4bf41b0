"""The params of the portal's methods: typed, checked, with the defaults of the documentation.

Unknown members are ignored, as the real portal ignores them (1.7: a client that sends `enterpriseId` to the aggregate
gets everything).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from satark.simulators.vco.errors import InvalidParams, InvalidRequest
from satark.simulators.vco.times import BUCKET_MS, MINUTE_MS, parse_iso, to_ms

MAX_BUCKETS = 31 * 288
"""A month of five-minute buckets: longer queries are dropped (1.3)."""

DEFAULT_SAMPLES = 50
DEFAULT_INTERVAL = timedelta(hours=12)
MAX_PAGE = 2048
WITH_OPTIONS = ("site", "recentLinks", "links")

P = TypeVar("P", bound=Struct)
Time = int | str
Positive = Annotated[int, Meta(ge=1, le=100_000)]


class Interval(Struct, frozen=True):
    """`start` and `end` as milliseconds or RFC 3339; `end` defaults to now."""

    start: Time
    end: Time | None = None


class NoParams(Struct, frozen=True):
    """A method that takes nothing."""


class EnterpriseParams(Struct, frozen=True, rename="camel"):
    """`enterprise/getEnterprise`; older clients say `id`."""

    id: int | None = None
    enterprise_id: int | None = None


class ProxyParams(Struct, frozen=True, rename="camel"):
    """`enterpriseProxy/getEnterpriseProxyEnterprises`."""

    enterprise_proxy_id: int | None = None


class EdgesParams(Struct, frozen=True, rename="camel"):
    """`enterprise/getEnterpriseEdges`."""

    enterprise_id: int | None = None
    with_: list[str] = msgspec.field(default_factory=list, name="with")
    limit: Annotated[int, Meta(ge=1)] | None = None
    next_page_link: str | None = None
    filters: Any = None
    filter_spec: Any = msgspec.field(default=None, name="_filterSpec")

    @property
    def paged(self) -> bool:
        """True when the answer comes in pages."""
        return any(value is not None for value in (self.limit, self.next_page_link, self.filters, self.filter_spec))


class AggregateParams(Struct, frozen=True, rename="camel"):
    """`monitoring/getAggregateEdgeLinkMetrics`."""

    interval: Interval
    enterprises: list[int] | None = None
    enterprise_proxy_id: int | None = None
    metrics: list[str] | None = None


class QualityParams(Struct, frozen=True, rename="camel"):
    """`linkQualityEvent/getLinkQualityEvents`."""

    edge_id: int
    interval: Interval
    enterprise_id: int | None = None
    max_samples: Positive | None = None
    minutes_per_sample: Positive | None = None
    individual_scores: bool = False
    links: list[int] | None = None


class EdgeParams(Struct, frozen=True, rename="camel"):
    """`edge/getEdge`; both names of the id are in use."""

    enterprise_id: int | None = None
    id: int | None = None
    edge_id: int | None = None
    with_: list[str] = msgspec.field(default_factory=list, name="with")


class EdgeLinkParams(Struct, frozen=True, rename="camel"):
    """`metrics/getEdgeLinkMetrics` and `metrics/getEdgeLinkSeries`; only the latter knows `maxSamples`."""

    interval: Interval
    enterprise_id: int | None = None
    id: int | None = None
    edge_id: int | None = None
    metrics: list[str] | None = None
    links: list[int] | None = None
    limit: Annotated[int, Meta(ge=1)] | None = None
    max_samples: Positive | None = None


class StatusParams(Struct, frozen=True, rename="camel"):
    """`monitoring/getEnterpriseEdgeLinkStatus` and `monitoring/getAggregates`."""

    enterprises: list[int] | None = None
    enterprise_proxy_id: int | None = None


class FilterRule(Struct, frozen=True):
    """One rule of an event filter."""

    field: str
    op: str
    values: list[str]


class LogFilter(Struct, frozen=True):
    """The filter of the event log and of the alerts."""

    limit: Annotated[int, Meta(ge=1)] | None = None
    rules: list[FilterRule] = msgspec.field(default_factory=list)


class LogParams(Struct, frozen=True, rename="camel"):
    """`event/getEnterpriseEvents` and `enterprise/getEnterpriseAlerts`."""

    interval: Interval | None = None
    enterprise_id: int | None = None
    edge_id: int | list[int] | None = None
    filter: LogFilter = msgspec.field(default_factory=LogFilter)
    next_page_link: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """An interval in milliseconds; end exclusive."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Partitions:
    """The samples of a quality query: `count` partitions of `length_ms`, from `first_ms` on."""

    first_ms: int
    length_ms: int
    count: int


def decode_params(params: Any, kind: type[P]) -> P:
    """Return the typed params.

    Raises InvalidRequest in the portal's validation shape.
    """
    try:
        return msgspec.convert({} if params is None else params, kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest("validation error", [_problem(str(error))]) from error


def window(interval: Interval | None, now: datetime) -> Window:
    """Return an interval in milliseconds; without one it is the last twelve hours.

    Raises InvalidRequest for an unreadable time, InvalidParams for an interval that ends before it starts or is too long.
    """
    if interval is None:
        return Window(to_ms(now - DEFAULT_INTERVAL), to_ms(now))
    found = Window(
        _milliseconds(interval.start, "start"),
        to_ms(now) if interval.end is None else _milliseconds(interval.end, "end"),
    )
    if found.end_ms <= found.start_ms:
        raise InvalidParams("interval end must be after interval start")
    if found.end_ms - found.start_ms > MAX_BUCKETS * BUCKET_MS:
        raise InvalidParams("interval is too long")
    return found


def partitions(within: Window, params: QualityParams) -> Partitions:
    """Cut a window into samples (1.6): the first begins at the start floored to the minute.

    Raises InvalidParams when both ways of cutting are asked for, or the samples would be too many.
    """
    if params.max_samples is not None and params.minutes_per_sample is not None:
        raise InvalidParams("maxSamples may not be specified in conjunction with minutesPerSample")
    first_ms = within.start_ms // MINUTE_MS * MINUTE_MS
    span_ms = within.end_ms - first_ms
    if params.minutes_per_sample is not None:
        length_ms = params.minutes_per_sample * MINUTE_MS
        count = -(-span_ms // length_ms)
    else:
        count = params.max_samples or DEFAULT_SAMPLES
        length_ms = max(span_ms // count, 1)
    if count > MAX_BUCKETS:
        raise InvalidParams("too many samples")
    return Partitions(first_ms, length_ms, count)


def check_with(options: list[str], refused: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the parts of an object a client asks for.

    Raises InvalidRequest for one that this release does not know.
    """
    problems = [
        ("ENUM_MISMATCH", f"No enum match for: {option}", f"#/with/{number}")
        for number, option in enumerate(options)
        if option not in WITH_OPTIONS or option in refused
    ]
    if problems:
        raise InvalidRequest("validation error", problems)
    return frozenset(options)


def _milliseconds(value: Time, member: str) -> int:
    if isinstance(value, int):
        return value
    try:
        return to_ms(parse_iso(value))
    except ValueError as error:
        problem = (
            "INVALID_FORMAT",
            f"Expected epoch milliseconds or RFC 3339, got {value[:40]!r}",
            f"#/interval/{member}",
        )
        raise InvalidRequest("validation error", [problem]) from error


def _problem(message: str) -> tuple[str, str, str]:
    """Turn msgspec's sentence into the portal's (code, message, path)."""
    text, _, path = message.partition(" - at ")
    where = "#/" + path.strip("`").removeprefix("$").lstrip(".").replace(".", "/").replace("[", "/").replace("]", "")
    if text.startswith("Object missing required field"):
        return "OBJECT_MISSING_REQUIRED_PROPERTY", f"Missing required property: {text.split('`')[1]}", where
    return "INVALID_TYPE", text, where
