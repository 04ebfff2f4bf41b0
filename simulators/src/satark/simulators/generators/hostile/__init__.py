"""Peers that behave badly, to try a collector with. None can harm a host other than the one it is pointed at."""

from satark.simulators.generators.hostile.attacker import Attacker, Outcome, Target, attack
from satark.simulators.generators.hostile.attacks import ATTACKS

__all__ = ["ATTACKS", "Attacker", "Outcome", "Target", "attack"]
