"""Statements that make tables."""

import pytest

from satark.analytics.store import ddl
from satark.analytics.store.client import Store
from satark.analytics.store.migrations import MIGRATIONS, Migration, migrate
from satark.analytics.store.statement import Statement
from satark.analytics.store.tables import BY_NAME, NOTIFICATIONS, ORIGIN, TABLES, Table


class TestCreate:
    def test_a_cluster_has_replicas_and_a_table_that_speaks_for_all(self) -> None:
        """Behind one setting: each shard's replicated rows, and the distributed table under the plain name."""
        local, whole = ddl.create(NOTIFICATIONS, "satark", cluster="blue")

        assert local.startswith("CREATE TABLE IF NOT EXISTS `satark`.`notifications_local` ON CLUSTER `blue` (`time` ")
        assert (
            "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/notifications', '{replica}',"
            " `time`) PARTITION BY toYYYYMM(time) ORDER BY (`incident`, `id`)"
            " SETTINGS replicated_deduplication_window = 1000"
        ) in local
        assert whole == (
            "CREATE TABLE IF NOT EXISTS `satark`.`notifications` ON CLUSTER `blue` AS `satark`.`notifications_local`"
            " ENGINE = Distributed(`blue`, `satark`, `notifications_local`, cityHash64(`incident`))"
        )

    @pytest.mark.parametrize("name", ["", "a b", "a`b", "a.b", "x" * 65, "1a"])
    def test_a_name_that_is_none_is_refused(self, name: str) -> None:
        """Names come from settings: only letters, digits, _ and - get into statements."""
        with pytest.raises(ValueError, match="is not a name"):
            ddl.quoted(name)

    @pytest.mark.parametrize("partition", ["", "2026-03", "1' OR '1", "\uff11"])
    def test_a_partition_is_digits(self, partition: str) -> None:
        """Partition ids are text within statements, so they are looked at."""
        with pytest.raises(ValueError, match="is no partition"):
            ddl.drop_partition(NOTIFICATIONS, "satark", partition)


class TestTables:
    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    def test_keys_are_columns(self, table: Table) -> None:
        """What a table is sorted, versioned and sharded by is there, and what is kept by time has a time."""
        wanted = {*table.key, table.shard_by} | ({table.version} if table.version else set())

        assert wanted <= set(table.names)
        assert (table.kept is None) == (table.span is None)
        assert "time" in table.names or table.kept is None

    def test_what_comes_from_kafka_ends_in_its_origin(self) -> None:
        """Every table that ages is filled from records, and its last columns say from which."""
        assert {table.name for table in TABLES if table.columns[-3:] == ORIGIN} == {
            table.name for table in TABLES if table.kept is not None
        }


class TestMigrate:
    def test_everything_is_done_once(self, empty_store: Store) -> None:
        """The second time there is nothing to do."""
        assert (migrate(empty_store), migrate(empty_store)) == ((1,), ())

        tables = empty_store.rows(Statement("SELECT name FROM system.tables WHERE database = currentDatabase()"))
        assert {name for (name,) in tables} == set(BY_NAME)

    def test_what_was_cut_short_is_done_again(self, empty_store: Store) -> None:
        """A migration whose statements were carried out without being recorded is carried out again."""
        migrate(empty_store)
        empty_store.tell(f"TRUNCATE TABLE {empty_store.database}.migrations")

        assert migrate(empty_store) == (1,)

    def test_a_later_migration_changes_what_is_there(self, empty_store: Store) -> None:
        """A store that exists gets what is new."""
        migrate(empty_store)
        later = Migration(
            2, "a note", lambda database, _: (f"ALTER TABLE {database}.messages ADD COLUMN IF NOT EXISTS note String",)
        )

        assert migrate(empty_store, (*MIGRATIONS, later)) == (2,)
        assert empty_store.rows(Statement("SELECT count(note) FROM messages")) == [(0,)]
