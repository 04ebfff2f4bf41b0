"""Checkpoints: how far a poller has come, kept in Kafka so that a restart neither skips nor repeats."""

from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.metrics import Time


class PollerCheckpoint(Struct, frozen=True, kw_only=True):
    """Every window of an orchestrator that ended by `window_end` was published, below the given offsets."""

    orchestrator: Annotated[str, Meta(description="Name of the orchestrator, also the Kafka key.", min_length=1)]
    window_end: Annotated[Time, Meta(description="End of the last window that was published whole, UTC.")]
    offsets: Annotated[
        dict[str, int],
        Meta(description="Next offset of each partition of the samples' topic when this was written."),
    ]
