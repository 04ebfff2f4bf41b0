"""What commands that read Kafka have in common: settings, and what each failure exits with."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

EX_UNAVAILABLE = 69


def reading_kafka(name: str, work: Callable[[KafkaSettings], Awaitable[int]]) -> int:
    """Run what a command does with the settings of Kafka; return its exit status, or that of what failed."""
    from satark.runtime.kafka import KafkaError, KafkaUnavailableError  # noqa: PLC0415 - costly, --help need not pay

    async def whole(kafka: KafkaSettings) -> int:
        return await work(kafka)

    try:
        return asyncio.run(whole(load("kafka", KafkaSettings, environment())))
    except SettingsError as error:
        return _failed(name, str(error), EX_CONFIG)
    except (KafkaError, KafkaUnavailableError) as error:
        return _failed(name, str(error) or type(error).__name__, EX_UNAVAILABLE)


def _failed(name: str, text: str, status: int) -> int:
    for line in text.splitlines():
        print(f"satark {name}: {line}", file=sys.stderr)  # noqa: T201 - a command's answer
    return status
