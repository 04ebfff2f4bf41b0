"""Kafka, the only part that speaks aiokafka: a producer that waits for safety, a consumer that commits by hand.

`connection` holds what all clients share. Outside any group `reading` reads a topic to its end, `following` for ever.
"""

from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError

from satark.runtime.kafka.connection import (
    CONNECT_BACKOFF,
    REQUEST_TIMEOUT_MS,
    KafkaUnavailableError,
    client_options,
    connected,
    ssl_context,
)
from satark.runtime.kafka.consumer import SESSION_TIMEOUT_MS, Consumer, Position, Rebalanced
from satark.runtime.kafka.following import Follower
from satark.runtime.kafka.producer import DELIVERY_TIMEOUT_S, Producer, Written
from satark.runtime.kafka.reading import end_offsets, partition_of, read_to_end

TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError)
"""Refusals of one record for its size: to send it again is of no use."""

__all__ = [
    "CONNECT_BACKOFF",
    "DELIVERY_TIMEOUT_S",
    "REQUEST_TIMEOUT_MS",
    "SESSION_TIMEOUT_MS",
    "TOO_LARGE",
    "Consumer",
    "Follower",
    "KafkaError",
    "KafkaUnavailableError",
    "Position",
    "Producer",
    "Rebalanced",
    "Written",
    "client_options",
    "connected",
    "end_offsets",
    "partition_of",
    "read_to_end",
    "ssl_context",
]
