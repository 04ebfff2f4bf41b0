"""Fixtures of the whole test-suite, and the rule for tests that need a real Kafka."""

import contextlib
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import variable
from tests.support.kafka import KafkaCluster
from tests.support.kafka_archive import ensure_archives
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.kafka_files import missing_requirement
from tests.support.kafka_lent import KafkaLender
from tests.support.kafka_shared import shared_kafka
from tests.support.order import Portions, rank
from tests.support.owned import release_all
from tests.support.processes import SatarkProcesses
from tests.support.waiting import blocking

REQUIRE = "SATARK_REQUIRE_KAFKA"
ON_DEMAND = ("compose", "faults")
"""Marks of tests that run only where -m names them."""


def unmet(require: str, missing: str | None) -> tuple[bool, str] | None:
    """Return None when a Kafka test can run, else whether it must fail (not merely be skipped) and the line to say."""
    if missing is None:
        return None
    must = require.strip().lower() not in {"", "0", "no", "false"}
    return must, f"{missing} ({REQUIRE} is set, so this is a failure)" if must else missing


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail, a test marked `kafka` on a machine that cannot run it."""
    if item.get_closest_marker("kafka") is None:
        return
    if verdict := unmet(variable(REQUIRE), missing_requirement()):
        must, line = verdict
        pytest.fail(line, pytrace=False) if must else pytest.skip(line)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest tests first; apart from that the order stays what pytest-randomly made of it.

    Those that take many minutes and sometimes root's rights are for those who ask for them (-m compose, -m faults).
    """
    unasked = {name for name in ON_DEMAND if name not in config.option.markexpr}
    left_out = [item for item in items if unasked & {mark.name for mark in item.iter_markers()}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, bool]:
    return rank(item.nodeid, together=item.get_closest_marker("xdist_group") is not None)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Portions | None:
    """Hand out the tests in our portions, with `--dist loadgroup`."""
    if config.getoption("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False
    return Portions(config, log)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fetch Kafka before the first test, whose time limit does not allow for downloads."""
    needed = any(item.get_closest_marker("kafka") for item in session.items)
    if needed and not session.config.option.collectonly and missing_requirement() is None:
        ensure_archives()


def pytest_unconfigure() -> None:
    """Leave no process behind."""
    release_all()


@dataclass(frozen=True)
class Topics:
    """Names that no other test uses, on the shared broker."""

    endpoint: KafkaEndpoint
    prefix: str

    def name(self, suffix: str) -> str:
        """Return the test's own name of a topic or a consumer group."""
        return f"{self.prefix}.{suffix}"

    async def create(self, suffix: str, *, partitions: int = 1, config: Mapping[str, str] | None = None) -> str:
        """Create a topic; return its name."""
        name = self.name(suffix)
        await self.endpoint.create_topics({name: partitions}, config=config)
        return name


def prefix_of(node_name: str, token: str) -> str:
    """Return a prefix for topic names (letters, digits, dots, dashes; Kafka allows 249 of them) from a test's name."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', node_name).strip('-')[:60]}-{token}"


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaEndpoint]:
    """The broker that all tests of this run share. Use names of your own: `kafka_topics` hands them out."""
    root = tmp_path_factory.getbasetemp()
    is_worker = hasattr(request.config, "workerinput")
    with shared_kafka(root.parent if is_worker else root) as endpoint:
        yield endpoint


@pytest.fixture
def kafka_topics(kafka: KafkaEndpoint, request: pytest.FixtureRequest) -> Topics:
    """Topic names of the test's own on the shared broker."""
    return Topics(kafka, prefix_of(request.node.name, secrets.token_hex(4)))


@pytest.fixture
async def start_kafka(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """A function that starts a Kafka of the test's own; arguments as for KafkaCluster. All end with the test."""
    async with contextlib.AsyncExitStack() as clusters:
        started: list[KafkaCluster] = []

        async def start(**options: Any) -> KafkaCluster:
            cluster = KafkaCluster(tmp_path / f"kafka-{len(started)}", **options)
            started.append(cluster)
            return await clusters.enter_async_context(cluster)

        yield start


@pytest.fixture(scope="session")
def kafka_lender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaLender]:
    """The lender of the broker behind `own_kafka`."""
    lender = KafkaLender(tmp_path_factory.mktemp("kafka"))
    yield lender
    blocking(lender.close())


@pytest.fixture
async def own_kafka(kafka_lender: KafkaLender) -> KafkaEndpoint:
    """A broker without topics, the test's own for its time: for what uses the contract's fixed topic names.

    The broker itself must be left alone: `start_kafka` is for tests that stop it or want it otherwise.
    """
    return await kafka_lender.lend()


@pytest.fixture
async def satark(tmp_path: Path) -> AsyncIterator[SatarkProcesses]:
    """Starts `satark …` processes; whatever still runs at the end of the test is killed."""
    processes = SatarkProcesses(tmp_path / "satark")
    yield processes
    await processes.close()
