from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from faust.types import TP

from satark.detector.codec import faust_app
from satark.detector.settings import DetectorSettings
from satark.detector.transport import Active, Consumer
from satark.runtime.groups import KafkaSettings
from satark.schemas.topics import DETECTOR_CHANGELOG, METRICS

SOURCE, CHANGELOG = TP(METRICS, 3), TP(DETECTOR_CHANGELOG, 3)


@pytest.fixture
async def consumer(tmp_path: Path) -> AsyncIterator[Consumer]:
    """A consumer that was never started, of an app with the detector's table."""
    app = faust_app(DetectorSettings(), KafkaSettings(brokers="127.0.0.1:1"), datadir=tmp_path)
    app.Table("links", key_type=bytes, value_type=bytes, partitions=12)
    made = app.consumer
    assert isinstance(made, Consumer)
    made._active_partitions = set()
    yield made
    made._thread.thread_loop.close()


async def test_source_partitions_resume_with_the_flow(consumer: Consumer) -> None:
    """Between the end of a recovery and the flow nothing is fetched that the flow would throw away."""
    consumer.resume_partitions({SOURCE, CHANGELOG})
    before = set(consumer._get_active_partitions())
    consumer.resume_flow()

    assert ({CHANGELOG}, {SOURCE, CHANGELOG}) == (before, consumer._get_active_partitions())


async def test_a_partition_that_was_paused_meanwhile_stays_paused(consumer: Consumer) -> None:
    """A rebalance takes back what waited to be resumed."""
    consumer.resume_partitions({SOURCE})
    consumer.pause_partitions({SOURCE})
    consumer.resume_flow()

    assert set() == consumer._get_active_partitions()


async def test_each_resumption_is_for_once(consumer: Consumer) -> None:
    """The flow of a later recovery does not resume what an earlier one did."""
    consumer.resume_partitions({SOURCE})
    consumer.resume_flow()
    consumer.pause_partitions({SOURCE})
    consumer.resume_flow()

    assert set() == consumer._get_active_partitions()


async def test_a_fetch_that_waits_never_wishes_for_nothing(consumer: Consumer) -> None:
    """When all partitions are paused meanwhile it is still not taken for a wish for all of them."""
    consumer.resume_partitions({CHANGELOG})
    active = Active(consumer._get_active_partitions())
    before = (bool(active), CHANGELOG in active, SOURCE in active)
    consumer.pause_partitions({CHANGELOG})

    assert (True, True, False) == before
    assert (True, False, False) == (bool(active), CHANGELOG in active, SOURCE in active)
