"""What is asked of the store for an export. Pure."""

from datetime import UTC, datetime, timedelta

from satark.analytics.store.statement import Statement

LINKS_BACK = timedelta(minutes=30)
"""Older is no present value: the series ends, as Prometheus expects of what is gone."""
STATISTICS_BACK = timedelta(minutes=10)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def samples(now: datetime, limit: int) -> Statement:
    """Return the question for the latest value of each metric: entity, kind, metric, value, end in s, how many in all."""
    sql = (
        "SELECT entity, any(kind), metric, argMax(value, time), "
        "max(toUnixTimestamp64Micro(time)) / 1e6 + argMax(interval_s, time), count() OVER () FROM samples "
        "WHERE time BETWEEN fromUnixTimestamp64Micro({start:Int64}, 'UTC') AND fromUnixTimestamp64Micro({end:Int64}, 'UTC') GROUP BY entity, metric "
        "ORDER BY entity, metric LIMIT {limit:UInt32}"
    )
    return Statement(sql, {**_between(now - LINKS_BACK, now), "limit": limit})


def entities(now: datetime) -> Statement:
    """Return the question for the labels of the entities that `samples` may give."""
    sql = (
        "SELECT entity, labels FROM entities FINAL WHERE last_seen BETWEEN "
        "fromUnixTimestamp64Micro({start:Int64}, 'UTC') AND fromUnixTimestamp64Micro({end:Int64}, 'UTC')"
    )
    return Statement(sql, _between(now - LINKS_BACK, now))


def tags() -> Statement:
    """Return the question for the columns of statistics that tell rows apart."""
    return Statement("SELECT DISTINCT stat, column FROM stat_columns WHERE indexed = 1 AND type = 'string'")


def statistics(now: datetime, limit: int) -> Statement:
    """Return the question for the latest rows of statistics: stat, source, name, texts, numbers, and how many in all."""
    sql = (
        "SELECT stat, source, name, texts, argMax(integers, time), argMax(doubles, time), count() OVER () FROM statistics "
        "WHERE time BETWEEN fromUnixTimestamp64Micro({start:Int64}, 'UTC') AND fromUnixTimestamp64Micro({end:Int64}, 'UTC') "
        "GROUP BY stat, source, name, texts ORDER BY stat, source, name, max(time) DESC LIMIT {limit:UInt32}"
    )
    return Statement(sql, {**_between(now - STATISTICS_BACK, now), "limit": limit})


def _between(start: datetime, end: datetime) -> dict[str, int]:
    microsecond = timedelta(microseconds=1)
    return {"start": (start - _EPOCH) // microsecond, "end": (end - _EPOCH) // microsecond}
