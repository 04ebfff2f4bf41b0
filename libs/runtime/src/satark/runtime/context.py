"""What a service's app is to the runtime, and what the runtime hands to it."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.links import LinkSettings


class App(Protocol):
    """A service's shell."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then drain and return."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """What the runtime hands to a service's app."""

    name: str
    version: str
    kafka: KafkaSettings
    ops: OpsSettings
    health: Health
    uses_kafka: bool = True
    links: LinkSettings = field(default_factory=LinkSettings)
