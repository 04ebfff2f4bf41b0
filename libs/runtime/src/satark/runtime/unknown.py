"""Names in the environment that look like settings and are none. Pure."""

from collections.abc import Mapping
from difflib import get_close_matches

from msgspec import Struct

from satark.runtime.variables import PREFIX, group_prefix, variables

GROUP_LIKENESS = 0.75
"""difflib's ratio from which a group's name counts as misspelt: KAFAK is KAFKA, DETECTOR is not COLLECTOR."""


def unknown_names(groups: Mapping[str, type[Struct]], environ: Mapping[str, str]) -> list[str]:
    """Return a line for every variable of a known group that the group does not have, and for misspelt groups.

    Variables of other groups are left alone: all services often share one file.
    """
    known = {name for group, settings in groups.items() for name in _names(group, settings)}
    prefixes = {group_prefix(group): group for group in groups}
    lines = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in known:
            continue
        if name.startswith(tuple(prefixes)):
            lines.append(_line(name, get_close_matches(name, known, n=1)))
        elif (meant := _misspelt(name, prefixes, known)) is not None:
            lines.append(_line(name, [meant]))
    return lines


def _names(group: str, settings: type[Struct]) -> set[str]:
    found = variables(group, settings)
    return {v.env for v in found} | {f"{v.env}_FILE" for v in found if v.secret}


def _line(name: str, close: list[str]) -> str:
    return f"{name} is no setting" + (f": did you mean {close[0]}?" if close else "")


def _misspelt(name: str, prefixes: Mapping[str, str], known: set[str]) -> str | None:
    """Return the setting that is meant by a name whose group is almost a known one and whose rest is exact."""
    words = name.removeprefix(PREFIX).split("_")
    for prefix in prefixes:
        meant = prefix.removeprefix(PREFIX).removesuffix("_")
        size = meant.count("_") + 1
        given, rest = "_".join(words[:size]), "_".join(words[size:])
        if get_close_matches(given, [meant], cutoff=GROUP_LIKENESS) and prefix + rest in known:
            return prefix + rest
    return None
