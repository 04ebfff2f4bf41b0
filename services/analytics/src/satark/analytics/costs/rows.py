"""What a read or a query cost as rows of `statistics`, and the columns that these have. Pure."""

from collections.abc import Mapping
from typing import Any

from satark.analytics.desk import stats
from satark.analytics.desk.stats import QueryStats
from satark.analytics.ingest.mapping.origin import Origin, Values
from satark.analytics.ingest.mapping.statistics import StatColumn
from satark.analytics.uves.usage import ApiRead
from satark.schemas.identifiers import identifier

Cost = ApiRead | QueryStats

API_STRUCT, API_ATTRIBUTE = "AnalyticsApiStats", "api_stats"
_INDEXED = frozenset(("api_stats.object_type", "query_stats.table"))
_NOWHERE: Origin = ("", 0, 0)
"""No record of Kafka is behind these rows."""

Named = Mapping[str, Any]


def row_of(cost: Cost, *, source: str, time_us: int, number: int) -> Values:
    """Return the row of `statistics`. `number` makes the ids of costs at one time different."""
    texts, integers = _members(cost)
    id_ = identifier("cost", source, str(time_us), str(number))
    return (time_us, id_, stat_of(cost), source, source, "", texts, integers, {}, {}, *_NOWHERE)


def columns_of(cost: Cost) -> tuple[StatColumn, ...]:
    """Return the columns that such a cost has, as the catalogue keeps them."""
    texts, integers = _members(cost)
    typed = [*((name, "string") for name in texts), *((name, "int") for name in integers)]
    return tuple(StatColumn(stat_of(cost), name, kind, name in _INDEXED, ()) for name, kind in typed)


def stat_of(cost: Cost) -> str:
    """Return the name of the statistics."""
    return f"{API_STRUCT}.{API_ATTRIBUTE}" if isinstance(cost, ApiRead) else f"{stats.STRUCT}.{stats.ATTRIBUTE}"


def _members(cost: Cost) -> tuple[Named, Named]:
    if isinstance(cost, QueryStats):
        return cost.texts(), cost.integers()
    texts = {
        "operation_type": cost.operation,
        "remote_ip": cost.remote_address,
        "object_type": cost.object_type,
        "request_url": cost.url,
        "useragent": cost.user_agent,
    }
    integers = {
        "response_time_in_usec": cost.duration_us,
        "response_size_objects": cost.objects,
        "response_size_bytes": cost.size_bytes,
        "resp_code": cost.status,
    }
    return _full(texts), _full(integers)


def _full(members: Named) -> Named:
    return {f"{API_ATTRIBUTE}.{name}": value for name, value in members.items()}
