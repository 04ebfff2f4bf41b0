"""Moments in a service's life, as its requests to Kafka and to others show them."""

from dataclasses import dataclass
from enum import Enum, IntEnum


class Api(IntEnum):
    """The requests of Kafka's protocol that are told apart (kafka.apache.org/protocol, API keys)."""

    PRODUCE = 0
    FETCH = 1
    LIST_OFFSETS = 2
    OFFSET_COMMIT = 8
    OFFSET_FETCH = 9
    JOIN_GROUP = 11
    SYNC_GROUP = 14
    CREATE_TOPICS = 19


class Side(Enum):
    """Which way a frame goes. Of a held request the server knows nothing; of a held reply the service does not know."""

    REQUEST = "before"
    REPLY = "after"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is held: a request, or a reply, in whose bytes all these words are. `api` None: it is not Kafka's."""

    side: Side
    api: Api | None
    words: tuple[str, ...]

    def __str__(self) -> str:
        kind = self.api.name.lower() if self.api is not None else "bytes"
        return f"{self.side.value} {kind} {' '.join(repr(word) for word in self.words)}"

    def is_now(self, side: Side, api: Api | None, frame: bytes) -> bool:
        """Whether a frame is the one."""
        return (side, api) == (self.side, self.api) and all(word.encode() in frame for word in self.words)


def before(api: Api | None, *words: str) -> Moment:
    """The request is on its way."""
    return Moment(Side.REQUEST, api, words)


def after(api: Api | None, *words: str) -> Moment:
    """It is done, and the answer is on its way."""
    return Moment(Side.REPLY, api, words)
