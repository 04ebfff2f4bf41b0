"""What is kept of an entity between two processes: its state as MessagePack, one value of the Faust table."""

import msgspec
from msgspec.structs import replace

from satark.detector.incidents.state import READABLE_VERSIONS, STATE_VERSION, EntityState, MetricState
from satark.detector.seed.metric import LIMIT

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(EntityState)


class UnreadableStateError(ValueError):
    """Stored state is damaged, or of a version that is not read."""

    reason = "unreadable_state"


def dump(state: EntityState) -> bytes:
    """Return a state as bytes."""
    return _encoder.encode(state)


def load(raw: bytes) -> EntityState:
    """Return a stored state.

    Raises UnreadableStateError when it is damaged or of an unknown version.
    """
    try:
        state = _decoder.decode(raw)
    except msgspec.DecodeError as error:
        raise UnreadableStateError(f"stored state is unreadable: {error}") from error
    if state.version not in READABLE_VERSIONS:
        raise UnreadableStateError(f"stored state has version {state.version}, not {STATE_VERSION}")
    if state.version == STATE_VERSION:
        return state
    metrics = {_memory(name, known): known for name, known in state.metrics.items()}
    return replace(state, version=STATE_VERSION, metrics=metrics)


def _memory(name: str, known: MetricState) -> str:
    """Return where a metric's state belongs: limits have had a memory of their own since version 3."""
    return name + LIMIT if known.kept is not None and known.kept.fixed is not None else name
