"""A plan in the words of the file: what a rule would say that sets all of it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from satark.detector.rules.model import Limit, MetricPlan, Persistence, Plan, Rate
from satark.runtime.documents.shapes import OFF


def outline(plan: Plan) -> dict[str, Any]:
    """Return what a plan says beside its metrics."""
    flapping = plan.flapping
    within = {"transitions": flapping.transitions, "within": flapping.within_s, "calm": flapping.calm_s}
    return {"flapping": within, "evidence": plan.evidence_s}


def metric_outline(plan: MetricPlan | None) -> Any:
    """Return what a metric's plan says, OFF for one that is not judged. What does not count is left out."""
    if plan is None:
        return OFF
    found: dict[str, Any] = {"method": plan.method.value, "critical_factor": plan.critical_factor}
    if plan.material is not None:
        found["material"] = plan.material
    found["limit"] = OFF if plan.limit is None else {"above": plan.limit.above, **_begun(plan.limit)}
    found["rate"] = (
        OFF if plan.rate is None else {"rise": plan.rate.rise, "over": plan.rate.over_s, **_begun(plan.rate)}
    )
    seed = plan.seed
    found["seed"] = {
        "present": seed.present_s,
        "history": seed.history_s,
        "factor": seed.factor,
        "min_samples": seed.min_samples,
        "floor": seed.floor,
        **_persistence(seed.persistence),
    }
    return found


def leaves(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the values of a tree of tables with their paths."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def worded(value: Any) -> str:
    """Return a value as a person writes it."""
    if value is None or value is OFF:
        return "off" if value is OFF else "nothing"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _begun(part: Limit | Rate) -> dict[str, Any]:
    return {**_persistence(part.persistence), "severity": part.severity.value}


def _persistence(persistence: Persistence) -> dict[str, int]:
    return {"bad": persistence.bad, "of": persistence.of, "good": persistence.good}
