"""Why messages are lost, under the originals' names, and how many (clause 4.7)."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum


class TxCause(Enum):
    """Why a message was not sent."""

    RATE_LIMITED = "RatelimitDrop"
    VALIDATION_FAILED = "ValidationFailed"
    QUEUE_LEVEL = "QueueLevel"
    NO_CLIENT = "NoClient"
    NO_SESSION = "NoSession"
    NO_QUEUE = "NoQueue"
    CLIENT_SEND_FAILED = "ClientSendFailed"
    HEADER_WRITE_FAILED = "HeaderWriteFailed"
    WRITE_FAILED = "WriteFailed"
    SESSION_NOT_CONNECTED = "SessionNotConnected"
    WRONG_STATE = "WrongClientSMState"
    SENDING_DISABLED = "SendingDisabled"
    SENDING_TO_SYSLOG = "SendingToSyslog"


class RxCause(Enum):
    """Why a message was not taken."""

    QUEUE_LEVEL = "QueueLevel"
    NO_QUEUE = "NoQueue"
    CONTROL_FAILED = "ControlMsgFailed"
    CREATE_FAILED = "CreateFailed"
    DECODING_FAILED = "DecodingFailed"


@dataclass(slots=True)
class Tally:
    """Messages and bytes of one direction. What came is what was passed on and what was dropped, cause by cause."""

    messages: int = 0
    bytes: int = 0
    dropped: Counter[TxCause | RxCause] = field(default_factory=Counter)
    dropped_bytes: Counter[TxCause | RxCause] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All messages, passed on or dropped."""
        return self.messages + self.dropped.total()

    def passed(self, length: int) -> None:
        """One message of so many bytes went through."""
        self.messages += 1
        self.bytes += length

    def drop(self, cause: TxCause | RxCause, length: int) -> None:
        """One message of so many bytes was lost."""
        self.dropped[cause] += 1
        self.dropped_bytes[cause] += length
