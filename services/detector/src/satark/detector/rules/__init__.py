"""Rules: how each entity is watched, read from one YAML file.

rulebook = read(text, "rules.yaml")            # or default_rulebook(); raises WrongFileError with every mistake
plan = rulebook.plan(sample.kind, sample.labels)
plan.metric("latency_ms_rx"), plan.in_maintenance(sample.time)
"""

from satark.detector.rules.model import Flapping, Limit, Method, MetricPlan, Persistence, Plan, Rate, SeedParameters
from satark.detector.rules.reading import default_rulebook, default_text, read
from satark.detector.rules.rulebook import Derivation, Rulebook

__all__ = [
    "Derivation",
    "Flapping",
    "Limit",
    "Method",
    "MetricPlan",
    "Persistence",
    "Plan",
    "Rate",
    "Rulebook",
    "SeedParameters",
    "default_rulebook",
    "default_text",
    "read",
]
