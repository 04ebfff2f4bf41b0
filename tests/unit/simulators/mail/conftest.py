"""A running mail catcher, and a mail to send it."""

from collections.abc import AsyncIterator

import pytest

from satark.simulators.mail.server import RunningMailCatcher, running_mail_catcher


@pytest.fixture
async def catcher() -> AsyncIterator[RunningMailCatcher]:
    """A catcher that accepts everything."""
    async with running_mail_catcher() as running:
        yield running
