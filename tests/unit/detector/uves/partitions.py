"""Partitions, what becomes of their output, and events for them, for the tests of UVEs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.model import AlarmRule
from satark.detector.uves.output import Output
from satark.detector.uves.partition import Partition
from satark.uve.limits import LIMITS, Limits
from satark.uve.rows import remembered
from satark.uve.told import Told, Withdrawal

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return the time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


@dataclass
class World:
    """A partition, and all that it has written: rows as a table holds them, states as readers know them."""

    rules: tuple[AlarmRule, ...] = ()
    limits: Limits = LIMITS
    stale_after_s: float = 900.0
    counting: bool = False
    rows: dict[bytes, bytes] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.partition = self._fresh()

    def take(self, *events: Told | Withdrawal, seconds: float = 0.0, first: int | None = None) -> None:
        """Take in events, without writing anything; the first one is read at this offset, if they are read anywhere."""
        for number, event in enumerate(events):
            self.partition.take(event, at(seconds), None if first is None else first + number)

    def write(self, seconds: float = 0.0, *, rows: int | None = None) -> Output:
        """Publish and store what has changed; of the rows only so many, if a crash comes between."""
        output = self.partition.drain(at(seconds))
        self.outputs.append(output)
        for entity, state in output.states:
            if state is None:
                self.states.pop(entity, None)
            else:
                self.states[entity] = json.loads(msgspec.json.encode(state))
        for key, value in output.rows[:rows]:
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value
        return output

    def say(self, *events: Told | Withdrawal, seconds: float = 0.0) -> Output:
        """Take in a batch of events and write what comes of it."""
        self.take(*events, seconds=seconds)
        return self.write(seconds)

    def restart(self, seconds: float = 0.0) -> None:
        """Forget all that is not stored, as after a crash."""
        self.partition = self._fresh()
        self.partition.restore(remembered(self.rows.items()), at(seconds))

    def flat(self) -> dict[str, Any]:
        """The objects as readers of their states know them."""
        return {entity: state["structs"] for entity, state in self.states.items()}

    def _fresh(self) -> Partition:
        return Partition(
            AlarmEngine(self.rules), counting=self.counting, limits=self.limits, stale_after_s=self.stale_after_s
        )


def changes(outputs: Iterable[Output]) -> list[tuple[str, str]]:
    """What happened to alarms: the kind of event and its reason, in order."""
    return [
        (type(event).__name__.removeprefix("Incident").lower(), event.alarm.reason if event.alarm else "")
        for output in outputs
        for event in output.incidents
    ]
