"""Message statistics: by type, direction and cause of loss (clauses 4.7, 5.1, appendix A)."""

from collections.abc import Mapping
from types import MappingProxyType

from satark.sandesh.generator.messages.stats import (
    SandeshGeneratorStats,
    SandeshMessageStats,
    SandeshMessageTypeStats,
)
from satark.sandesh.session.causes import RxCause, Tally, TxCause

MAX_TYPES = 5_000
OTHERS = "(others)"

TX_NAMES: Mapping[TxCause | RxCause, str] = MappingProxyType(
    {
        TxCause.NO_QUEUE: "no_queue",
        TxCause.NO_CLIENT: "no_client",
        TxCause.NO_SESSION: "no_session",
        TxCause.QUEUE_LEVEL: "queue_level",
        TxCause.CLIENT_SEND_FAILED: "client_send_failed",
        TxCause.SESSION_NOT_CONNECTED: "session_not_connected",
        TxCause.HEADER_WRITE_FAILED: "header_write_failed",
        TxCause.WRITE_FAILED: "write_failed",
        TxCause.WRONG_STATE: "wrong_client_sm_state",
        TxCause.VALIDATION_FAILED: "validation_failed",
        TxCause.RATE_LIMITED: "rate_limited",
        TxCause.SENDING_DISABLED: "sending_disabled",
        TxCause.SENDING_TO_SYSLOG: "sending_to_syslog",
    }
)
RX_NAMES: Mapping[TxCause | RxCause, str] = MappingProxyType(
    {
        RxCause.NO_QUEUE: "no_queue",
        RxCause.QUEUE_LEVEL: "queue_level",
        RxCause.CREATE_FAILED: "create_failed",
        RxCause.CONTROL_FAILED: "control_msg_failed",
        RxCause.DECODING_FAILED: "decoding_failed",
    }
)
_NAMES: Mapping[TxCause | RxCause, str] = {**TX_NAMES, **RX_NAMES}


class MessageCounters:
    """Two tallies for each type of message. Types beyond `max_types` are counted together."""

    def __init__(self, *, max_types: int = MAX_TYPES) -> None:
        self.sent: dict[str, Tally] = {}
        self.received: dict[str, Tally] = {}
        self._max_types = max_types

    def _of(self, tallies: dict[str, Tally], name: str) -> Tally:
        if name not in tallies and len(tallies) >= self._max_types:
            name = OTHERS
        return tallies.setdefault(name, Tally())

    def passed_on(self, name: str, length: int) -> None:
        """One message was written to a collector."""
        self._of(self.sent, name).passed(length)

    def not_sent(self, name: str, cause: TxCause, length: int = 0) -> None:
        """One message was lost before it was written."""
        self._of(self.sent, name).drop(cause, length)

    def taken(self, name: str, length: int) -> None:
        """One message came and was passed on."""
        self._of(self.received, name).passed(length)

    def not_taken(self, name: str, cause: RxCause, length: int = 0) -> None:
        """One message came and was lost."""
        self._of(self.received, name).drop(cause, length)

    def lost(self) -> dict[TxCause, int]:
        """How many messages were not sent, by cause."""
        total = sum_of(self.sent)
        return {cause: count for cause, count in total.dropped.items() if isinstance(cause, TxCause)}

    def statistics(self) -> SandeshGeneratorStats:
        """Everything, as introspect shows it, types by name."""
        names = sorted({*self.sent, *self.received})
        none = Tally()
        return SandeshGeneratorStats(
            type_stats=[
                SandeshMessageTypeStats(
                    message_type=name, stats=as_stats(self.sent.get(name, none), self.received.get(name, none))
                )
                for name in names
            ],
            aggregate_stats=as_stats(sum_of(self.sent), sum_of(self.received)),
        )


def sum_of(tallies: Mapping[str, Tally]) -> Tally:
    """All types together."""
    total = Tally()
    for each in tallies.values():
        total.messages += each.messages
        total.bytes += each.bytes
        total.dropped += each.dropped
        total.dropped_bytes += each.dropped_bytes
    return total


def sent_and_dropped(sent: Mapping[str, Tally]) -> dict[str, int]:
    """How many messages of all types were sent, and were lost for each cause, by the originals' names."""
    total = sum_of(sent)
    lost = {f"dropped_{name}": total.dropped[cause] for cause, name in TX_NAMES.items()}
    return dict(sorted({**lost, "sent": total.messages}.items()))


def as_stats(sent: Tally, received: Tally) -> SandeshMessageStats:
    """Both directions as the struct of the wire; what is 0 is not sent, as in the originals."""
    values: dict[str, int] = {
        "messages_sent": sent.messages,
        "bytes_sent": sent.bytes,
        "messages_received": received.messages,
        "bytes_received": received.bytes,
        "messages_sent_dropped": sent.dropped.total(),
        "bytes_sent_dropped": sent.dropped_bytes.total(),
        "messages_received_dropped": received.dropped.total(),
        "bytes_received_dropped": received.dropped_bytes.total(),
    }
    for direction, tally in (("sent", sent), ("received", received)):
        for cause, count in tally.dropped.items():
            values[f"messages_{direction}_dropped_{_NAMES[cause]}"] = count
            values[f"bytes_{direction}_dropped_{_NAMES[cause]}"] = tally.dropped_bytes[cause]
    return SandeshMessageStats(**{name: value for name, value in values.items() if value})
