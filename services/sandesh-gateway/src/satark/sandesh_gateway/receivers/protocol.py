"""The seam between the gateway and a receiver of some southbound format.

A receiver listens, decodes and normalises; what it hands over is either an event of the contract or the bytes that
could not be understood, with the cause. It knows nothing of Kafka, and the gateway nothing of its format.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from satark.sandesh_gateway.receivers.deliveries import Delivery

Address = tuple[str, int]
"""Host and port."""

Deliver = Callable[[Sequence[Delivery]], Awaitable[None]]
"""Takes a batch, in order, and returns when Kafka has it: the receiver reads no further from that peer until then."""


class ReceiverCannotListenError(Exception):
    """An address that the operator chose cannot be listened on."""


class Receiver(Protocol):
    """One southbound format."""

    @property
    def name(self) -> str:
        """The format, as labels and dead letters name it."""
        ...

    @property
    def addresses(self) -> Mapping[str, Sequence[Address]]:
        """Where it listens, by transport; empty while it does not."""
        ...

    async def run(self, deliver: Deliver, stop: asyncio.Event) -> None:
        """Listen until `stop`; return when all that was taken in is delivered.

        Raises ReceiverCannotListenError, and whatever `deliver` raises.
        """
        ...
