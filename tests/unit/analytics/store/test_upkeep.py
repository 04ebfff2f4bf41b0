"""Partitions of the real engine: what there is, since when, and what is dropped."""

from datetime import UTC, datetime, timedelta

import pytest

from satark.analytics.store.client import Store
from satark.analytics.store.retention import Limits
from satark.analytics.store.statement import Statement
from satark.analytics.store.tables import Kept
from satark.analytics.store.upkeep import NothingKeptError, Upkeep

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def with_messages(store: Store, *ages_days: float) -> Upkeep:
    """Return the upkeep of a store with a message of each age."""
    times = [NOW - timedelta(days=age) for age in ages_days]
    store.insert("messages", ("time", "id"), [(time, f"m{number}") for number, time in enumerate(times)])
    return Upkeep(store)


def ids(store: Store) -> list[str]:
    """Return the ids of all messages."""
    return [id_ for (id_,) in store.rows(Statement("SELECT id FROM messages ORDER BY id"))]


class TestUpkeep:
    def test_what_is_too_old_is_dropped(self, store: Store) -> None:
        """Whole days go, and with them their messages."""
        upkeep = with_messages(store, 0, 2, 9, 40)

        dropped = upkeep.keep({Kept.MESSAGES: Limits(timedelta(days=7))}, NOW)

        assert (dropped, ids(store)) == (2, ["m0", "m1"])

    def test_the_start_time_is_that_of_the_oldest_row(self, store: Store) -> None:
        """Since when there is anything, by class and over all."""
        upkeep = with_messages(store, 0, 9.25)
        store.insert("sessions", ("time", "id"), [(NOW - timedelta(days=1), "s")])

        assert upkeep.oldest() == {
            Kept.MESSAGES: NOW - timedelta(days=9.25),
            Kept.SESSIONS: NOW - timedelta(days=1),
        }
        assert upkeep.start_time() == NOW - timedelta(days=9.25)

    def test_an_empty_store_has_no_start_time(self, store: Store) -> None:
        """Where nothing is kept there is nothing to purge."""
        with pytest.raises(NothingKeptError):
            Upkeep(store).purge_percent(40, NOW)

    def test_a_purge_by_percent_drops_the_old_end(self, store: Store) -> None:
        """Half of ten days are five: what is whole in them goes."""
        upkeep = with_messages(store, 0, 4, 6, 10)

        assert (upkeep.purge_percent(50, NOW), ids(store)) == (2, ["m0", "m1"])
