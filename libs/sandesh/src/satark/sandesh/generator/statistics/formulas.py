"""The text of a `stats` or `mstats` annotation: `[P[.Pre]-]source[.member]:ALGORITHM[:argument]`."""

import re
from dataclasses import dataclass

from satark.sandesh.generator.statistics.algorithms import ALGORITHMS, fresh

_expression = re.compile(
    r"(?:(?P<period>[0-9]{1,9})(?:\.(?P<pre>DS[A-Za-z0-9]+))?-)?"
    r"(?P<source>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r":(?P<algorithm>DS[A-Za-z0-9]+)(?::(?P<argument>.*))?"
).fullmatch


@dataclass(frozen=True, slots=True)
class Formula:
    """What is computed of which field, by its name in the language.

    `period` counts the periods of the struct, 0: at every update, None: not given. `pre` is the algorithm within a
    period, whose result is the sample of the other one.
    """

    source: tuple[str, ...]
    algorithm: str
    argument: str = ""
    period: int | None = None
    pre: str = ""


def parse(text: str) -> Formula:
    """The formula of an annotation; raises `ValueError` for another form, algorithm or argument."""
    found = _expression(text)
    if found is None:
        raise ValueError(f"no derived statistic: {text!r}")
    named = [each for each in (found["algorithm"], found["pre"]) if each]
    unknown = [each for each in named if each not in ALGORITHMS]
    if unknown:
        raise ValueError(f"no algorithm {unknown[0]!r} in {text!r}")
    argument, period = found["argument"] or "", found["period"]
    fresh(found["algorithm"], argument)
    return Formula(
        tuple(found["source"].split(".")),
        found["algorithm"],
        argument,
        None if period is None else int(period),
        found["pre"] or "",
    )
