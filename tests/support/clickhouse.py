"""The embedded engine for tests: one for all tests of a worker, a database of its own for each test.

A process can open one folder only, and a folder can be open in one process only.
"""

import itertools
from collections.abc import Iterator

import pytest

from satark.analytics.store.address import Embedded
from satark.analytics.store.client import Store
from satark.analytics.store.ddl import quoted
from satark.analytics.store.migrations import migrate

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The folder of this worker's engine, which stays open until the end."""
    address = Embedded(str(tmp_path_factory.mktemp("chdb")))
    keeper = Store(address, database="default")
    keeper.tell("SELECT 1")
    yield address
    keeper.close()


@pytest.fixture
def empty_store(engine: Embedded) -> Iterator[Store]:
    """A store whose database is the test's own and is not there yet."""
    store = Store(engine, database=f"test{next(_numbers)}")
    yield store
    store.tell(f"DROP DATABASE IF EXISTS {quoted(store.database)}")
    store.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A store with all tables, empty."""
    migrate(empty_store)
    return empty_store
