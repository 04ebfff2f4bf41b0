"""A running simulator in the world of the sample payloads, and a client for it."""

from collections.abc import AsyncIterator

import pytest

from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.simulators.vco.portal_client import Client, portal_client


@pytest.fixture
async def vco() -> AsyncIterator[RunningVco]:
    """A simulator at 2026-03-10T12:10Z."""
    async with running_vco() as running:
        yield running


@pytest.fixture
async def client(vco: RunningVco) -> AsyncIterator[Client]:
    """A client with the customer's token."""
    async with portal_client(vco) as client:
        yield client
