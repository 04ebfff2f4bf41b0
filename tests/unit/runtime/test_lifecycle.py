import asyncio
from typing import NoReturn

import pytest

from satark.runtime import lifecycle
from satark.runtime.context import ServiceContext
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from tests.support.ports import free_port
from tests.support.waiting import eventually


class Waiting:
    """An app that waits for the end."""

    async def run(self, stop: asyncio.Event) -> None:
        """Wait."""
        await stop.wait()


def context() -> ServiceContext:
    """Return the context of a service whose broker is not there."""
    return ServiceContext(
        name="shop",
        version="1",
        kafka=KafkaSettings(brokers=f"127.0.0.1:{free_port()}"),
        ops=OpsSettings(listen="127.0.0.1:0"),
        health=Health(),
    )


class TestServe:
    async def test_an_error_beside_the_app_ends_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """When what runs beside the app fails, that error goes up at once instead of leaving a service half alive."""

        async def broken(*_: object) -> NoReturn:
            raise RuntimeError("ours")

        monkeypatch.setattr("satark.runtime.brokers.watch", broken)

        with pytest.raises(RuntimeError, match="ours"):
            await lifecycle.serve(Waiting(), context())

    async def test_the_brokers_are_watched(self) -> None:
        """Readiness says that no broker is there while the app waits."""
        about, app = context(), Waiting()

        serving = asyncio.create_task(lifecycle.serve(app, about))
        await eventually(about.health.report, 30.0, what="a condition")
        serving.cancel()

        with pytest.raises(asyncio.CancelledError):
            await serving
        assert [(condition.name, condition.ready) for condition in about.health.report()] == [("brokers", False)]
