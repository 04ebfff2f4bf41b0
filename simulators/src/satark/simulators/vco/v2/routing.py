"""Which resource a path names."""

from dataclasses import dataclass

from satark.simulators.vco.v2.resources import RESOURCES

REDIRECTED = "GET /sdwan (308)"
NAMES = frozenset({name for name, _ in RESOURCES.values()} | {REDIRECTED})


@dataclass(frozen=True, slots=True)
class Match:
    """A resource's pattern and name, and the logical ids of the path."""

    pattern: str
    name: str
    enterprise_id: str = ""
    edge_id: str = ""


def match_path(tail: str) -> Match | None:
    """Return the resource of a path below the base, with or without a slash at its end, or None."""
    parts = tail.rstrip("/").split("/")
    if parts[0] != "enterprises":
        return None
    ids = {"{enterprise}": parts[1] if len(parts) > 1 else "", "{edge}": ""}
    shape = ["{enterprise}", *parts[2:]] if len(parts) > 1 else []
    if len(shape) > 2 and shape[1] == "edges":  # noqa: PLR2004 - an edge's id follows the word
        ids["{edge}"], shape[2] = shape[2], "{edge}"
    pattern = "/" + "/".join(shape)
    if pattern not in RESOURCES:
        return None
    return Match(pattern, RESOURCES[pattern][0], ids["{enterprise}"], ids["{edge}"])
