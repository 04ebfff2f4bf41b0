"""Baselines: what the detector holds for normal, told for each half-hour, so that others can show it beside the values.

An entity's baseline is told when its half-hour begins, and once more in it when the entity's state changes. It is told at
least once: of two with the same `entity` and `time`, the later counts. While the detector reads samples of long ago, some
half-hours are left out.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from satark.schemas.identifiers import identifier, instant
from satark.schemas.metrics import EntityKey, LabelName, LabelValue, Time
from satark.schemas.names import METRIC_PATTERN

SLOT = timedelta(minutes=30)
"""How long a baseline counts. Slots begin at full and half hours, UTC."""


class BaselineState(StrEnum):
    """How far the detector is with a metric, and with an entity: it learns as long as one of its metrics does."""

    LEARNING = "learning"
    """Too little has been seen: only absolute limits hold."""
    WATCHING = "watching"


class MetricBaseline(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is normal for one metric. `centre`, `low` and `high` are absent while it is learnt, and where only limits count."""

    state: BaselineState
    method: Annotated[str, Meta(description="How it is judged: robust, novelty, seed, or none, by limits only.")]
    n: Annotated[int, Meta(description="Number of samples that it was learnt from.", ge=0)]
    centre: Annotated[float | None, Meta(description="The middle of what is normal, in the metric's unit.")] = None
    low: Annotated[float | None, Meta(description="Normal values are rarely below.")] = None
    high: Annotated[float | None, Meta(description="Normal values are rarely above. Never above the learnt limit.")] = (
        None
    )
    limit: Annotated[
        float | None,
        Meta(description="A value above is anomalous: what is learnt or what is set, whichever is lower."),
    ] = None
    absolute: Annotated[
        float | None, Meta(description="The limit that holds whatever is normal, set by rules or while it is learnt.")
    ] = None
    wanted_samples: Annotated[int | None, Meta(description="While it is learnt: samples still wanted.")] = None
    wanted_s: Annotated[int | None, Meta(description="While it is learnt: seconds still wanted.")] = None


class EntityBaseline(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is normal for an entity, metric by metric, from `time` to `until`."""

    id: Annotated[str, Meta(description="The same entity, half-hour and state always give the same id.")]
    entity: Annotated[EntityKey, Meta(description="The entity's key, also the Kafka key.")]
    kind: Annotated[str, Meta(description="What the entity is, for example wan-link.", max_length=64)]
    time: Annotated[Time, Meta(description="Start of the half-hour, UTC.")]
    until: Annotated[Time, Meta(description="End of the half-hour, UTC.")]
    state: BaselineState
    metrics: Annotated[
        dict[Annotated[str, Meta(max_length=128, extra_json_schema={"pattern": METRIC_PATTERN})], MetricBaseline],
        Meta(description="What is normal, by the metric's name.", min_length=1, max_length=512),
    ]
    labels: Annotated[
        dict[LabelName, LabelValue],
        Meta(description="Names a person knows the entity by: orchestrator, enterprise, edge, link."),
    ] = {}

    @classmethod
    def of(
        cls, *, entity: str, kind: str, time: Time, metrics: dict[str, MetricBaseline], labels: dict[str, str]
    ) -> "EntityBaseline":
        """Return the baseline of the half-hour that begins at `time`, with its id and state."""
        learning = any(each.state is BaselineState.LEARNING for each in metrics.values())
        state = BaselineState.LEARNING if learning else BaselineState.WATCHING
        return cls(
            id=identifier("baseline", entity, instant(time), state.value),
            entity=entity,
            kind=kind,
            time=time,
            until=time + SLOT,
            state=state,
            metrics=metrics,
            labels=labels,
        )
