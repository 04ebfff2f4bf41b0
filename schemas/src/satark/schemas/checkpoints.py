"""Checkpoints: how far a poller has come, kept in Kafka so that a restart neither skips nor repeats."""

from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.metrics import Time


class PollerCheckpoint(Struct, frozen=True, kw_only=True):
    """Every window of an orchestrator that ended by `window_end` was published."""

    orchestrator: Annotated[str, Meta(description="Name of the orchestrator, also the Kafka key.", min_length=1)]
    window_end: Annotated[Time, Meta(description="End of the last window that was published whole, UTC.")]
    offsets: Annotated[
        dict[str, int],
        Meta(
            description="Offset by partition of the samples' topic from which a reader learns all that may be read again."
        ),
    ]
