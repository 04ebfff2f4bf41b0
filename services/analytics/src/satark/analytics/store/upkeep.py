"""What the store holds by partition, and dropping what is too old, too much, or to be purged. Calls block."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog

from satark.analytics import metrics
from satark.analytics.store import ddl
from satark.analytics.store.client import Store
from satark.analytics.store.retention import Limits, Partition, before, end_of, purge_time, too_old
from satark.analytics.store.statement import Statement
from satark.analytics.store.tables import BY_NAME, TABLES, Kept

log = structlog.get_logger(__name__)


class NothingKeptError(Exception):
    """There is no row, so there is nothing to purge and no time from which on there are any."""


class Upkeep:
    """Looks after the store's partitions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stored_in = {ddl.stored_in(table, store.cluster): table for table in TABLES if table.kept is not None}

    def partitions(self) -> list[Partition]:
        """Return what there is, by table and partition, all machines of a cluster together. Raises StoreError."""
        source = "system.parts"
        if self._store.cluster:
            source = f"clusterAllReplicas({ddl.quoted(self._store.cluster)}, system.parts)"
        sql = (
            f"SELECT table, partition_id, sum(bytes_on_disk) FROM {source}"  # noqa: S608 - a name of ours
            " WHERE active AND database = {database:String} GROUP BY table, partition_id"
        )
        found = []
        for name, id_, size in self._store.rows(Statement(sql, {"database": self._store.database})):
            table = self._stored_in.get(name)
            if table is not None and table.kept is not None and table.span is not None:
                found.append(Partition(table.name, table.kept, id_, size, end_of(id_, table.span)))
        return found

    def used_percent(self) -> float:
        """Return how full the fullest of the store's disks is. Raises StoreError."""
        sql = "SELECT max(100 * (1 - free_space / total_space)) FROM system.disks WHERE total_space > 0"
        ((used,),) = self._store.rows(Statement(sql))
        return float(used)

    def oldest(self) -> Mapping[Kept, datetime]:
        """Return the time of the oldest row of each class that has any. Raises StoreError."""
        first: dict[str, Partition] = {}
        for each in sorted(self.partitions(), key=lambda each: each.end, reverse=True):
            first[each.table] = each
        times: dict[Kept, datetime] = {}
        for table, partition in first.items():
            sql = f"SELECT count(), min(time) FROM {table} WHERE time < {{end:DateTime64(6, 'UTC')}}"  # noqa: S608 - ours
            ((count, time),) = self._store.rows(Statement(sql, {"end": partition.end}))
            if count:
                times[partition.kept] = min(time, times.get(partition.kept, time))
        return times

    def start_time(self) -> datetime:
        """Return the time of the oldest row of all. Raises StoreError and NothingKeptError."""
        times = self.oldest().values()
        if not times:
            raise NothingKeptError("nothing is kept yet")
        return min(times)

    def purge_before(self, time: datetime) -> int:
        """Drop all partitions that are older than a time; return how many. Raises StoreError."""
        return self._drop(before(self.partitions(), time), reason="purged")

    def purge_percent(self, percent: int, now: datetime) -> int:
        """Drop so many percent of the time from the oldest row to now, as far as whole partitions are in it.

        Returns the number of partitions. Raises StoreError and NothingKeptError.
        """
        return self.purge_before(purge_time(self.start_time(), now, percent))

    def keep(self, limits: Mapping[Kept, Limits], now: datetime) -> int:
        """Drop what is too old or too much; return how many partitions that were. Raises StoreError."""
        there = self.partitions()
        sizes: dict[Kept, int] = dict.fromkeys(Kept, 0)
        for each in there:
            sizes[each.kept] += each.bytes
        for kept, size in sizes.items():
            metrics.STORED_BYTES.labels(kept.value).set(size)
        dropped = self._drop(too_old(there, limits, now), reason="kept long enough")
        for kept, time in self.oldest().items():
            metrics.OLDEST.labels(kept.value).set(time.timestamp())
        return dropped

    def _drop(self, partitions: Iterable[Partition], *, reason: str) -> int:
        dropped = 0
        for each in partitions:
            self._store.tell(
                ddl.drop_partition(BY_NAME[each.table], self._store.database, each.id, cluster=self._store.cluster)
            )
            metrics.DROPPED.labels(each.kept.value).inc()
            log.info("partition_dropped", table=each.table, partition=each.id, bytes=each.bytes, reason=reason)
            dropped += 1
        return dropped
