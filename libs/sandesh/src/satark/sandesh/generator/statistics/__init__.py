"""Derived statistics: fields of a UVE that are computed from its other fields (clause 5.6). Values in, values out.

`formulas` reads the annotations, `plans` checks them against a struct, `algorithms` compute, `states` remember what
was computed for one field of one UVE, `derivation` does it for all UVEs, and `periods` says when.
"""

from satark.sandesh.generator.statistics.derivation import Derivation
from satark.sandesh.generator.statistics.formulas import Formula, parse
from satark.sandesh.generator.statistics.periods import TICK_S, Timeouts, cycle_of
from satark.sandesh.generator.statistics.plans import Plan, plan_of

__all__ = ["TICK_S", "Derivation", "Formula", "Plan", "Timeouts", "cycle_of", "parse", "plan_of"]
