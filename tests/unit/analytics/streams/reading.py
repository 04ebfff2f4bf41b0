"""What a reader of a stream makes of it, by the rules of server-sent events."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a reader has it."""

    name: str
    data: Any
    id: str = ""


@dataclass(slots=True)
class Listener:
    """Takes in bytes; knows the events, the last id, and the comments."""

    events: list[Event] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    last_id: str = ""
    _rest: str = ""

    def take(self, piece: bytes) -> list[Event]:
        """Take in a piece; return the events that it completes."""
        *blocks, self._rest = (self._rest + piece.decode()).split("\n\n")
        fresh = [event for block in blocks if (event := self._event(block)) is not None]
        self.events += fresh
        return fresh

    def names(self) -> list[str]:
        """Return the names of all events."""
        return [event.name for event in self.events]

    def _event(self, block: str) -> Event | None:
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
            else:
                self.comments.append(value.strip())
        self.last_id = fields.get("id", self.last_id)
        return Event(fields["event"], json.loads(fields["data"]), fields.get("id", "")) if "data" in fields else None
