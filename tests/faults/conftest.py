"""The clock of the tests in this folder, and the table of what it measured."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest.reports import TestReport

from tests.faults import brokers
from tests.faults.namespaces import Network, missing, network
from tests.faults.recovery import PROPERTY, Clock, recoveries, table
from tests.faults.story import PACE_S, SCRIPT, WORLD, Story, all_ready, start_services, traffic
from tests.support.estate import Estate, estate
from tests.support.kafka import KafkaCluster
from tests.support.kafka_lent import KafkaLender
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import blocking


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show how long each recovery took."""
    reports = [each for found in terminalreporter.stats.values() for each in found if isinstance(each, TestReport)]
    if rows := recoveries(reports):
        terminalreporter.section("recoveries")
        for line in table(rows):
            terminalreporter.write_line(line)


@pytest.fixture
def recovery(request: pytest.FixtureRequest) -> Iterator[Clock]:
    """Measures how long something takes to be well again."""
    clock = Clock()
    yield clock
    request.node.user_properties.extend((PROPERTY, taken) for taken in clock.taken)


@pytest.fixture(scope="session")
def net_of_brokers() -> Iterator[Network | None]:
    """The network between the three brokers, where there can be one of their own."""
    if missing():
        yield None
    else:
        with network(brokers.COUNT) as made:
            yield made


@pytest.fixture(scope="session")
def three_brokers_lender(
    net_of_brokers: Network | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KafkaLender]:
    """The lender behind `three_brokers`."""
    places = net_of_brokers.places if net_of_brokers else {}
    lender = KafkaLender(tmp_path_factory.mktemp("three-brokers"), make=partial(brokers.three_in, places))
    yield lender
    blocking(lender.close())


@pytest.fixture
async def three_brokers(three_brokers_lender: KafkaLender) -> KafkaCluster:
    """Three brokers without topics, the test's own for its time; it leaves all of them running."""
    return await three_brokers_lender.lend_cluster()


@pytest.fixture
def net(net_of_brokers: Network | None, three_brokers: KafkaCluster) -> Iterator[Network]:
    """The network between the three brokers; it is whole again at the end."""
    assert three_brokers.nodes
    if net_of_brokers is None:
        pytest.skip(missing() or "")
    yield net_of_brokers
    net_of_brokers.heal()


@pytest.fixture
async def whole(three_brokers: KafkaCluster, tmp_path: Path, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on three brokers, for a story."""
    async with estate(tmp_path, three_brokers.endpoint(), satark, world=WORLD, script=SCRIPT) as running:
        yield running


@pytest.fixture
async def services(whole: Estate) -> dict[str, SatarkProcess]:
    """The services of the estate, ready."""
    started = start_services(whole)
    await all_ready(started)
    return started


@pytest.fixture
async def story(
    whole: Estate, services: dict[str, SatarkProcess], request: pytest.FixtureRequest
) -> AsyncIterator[Story]:
    """The story, once the first mail has come of it; a parameter is another pace, in seconds a bucket."""
    async with traffic(whole, services, pace_s=getattr(request, "param", PACE_S)) as running:
        await running.told_since(-2)
        yield running
