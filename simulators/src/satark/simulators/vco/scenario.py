"""The script of incidents: what goes wrong, on which link, when and by how much.

A script is a JSON document, `{"incidents": [{"edge": …, "link": …, "kind": "step", "start_s": 1500,
"duration_s": 2400, "add": {"latency_ms_rx": 70}}]}`. Times count from the virtual clock's start; a negative start
began before it. A five-minute bucket is touched by an incident when the bucket starts within it.

| kind | effect |
|---|---|
| step | the whole increase, from start to end |
| ramp | the increase grows from nothing to the whole |
| spike | the whole increase at once, then it falls to nothing |
| jitter_burst | jitter only: between half and one and a half of the increase, another share each bucket |
| bursty_loss | loss only: the whole increase in about half of the buckets |
| flap | the link is down for the first half of every `period_s` |
| link_down | the link is down |
| edge_offline | the edge is offline, with all its links |
"""

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from satark.simulators.vco.topology import Edge, Metric, World

Kind = Literal["step", "ramp", "spike", "jitter_burst", "bursty_loss", "flap", "link_down", "edge_offline"]
OUTAGES: frozenset[Kind] = frozenset({"flap", "link_down", "edge_offline"})
ONLY_FOR: dict[Kind, str] = {"jitter_burst": "jitter_", "bursty_loss": "loss_"}
MAX_INCIDENTS = 1000


class ScriptError(ValueError):
    """A script is wrong; `mistakes` says where and what, a line each."""

    def __init__(self, source: str, mistakes: tuple[str, ...]) -> None:
        self.mistakes = tuple(f"{source}: {mistake}" for mistake in mistakes)
        super().__init__("\n".join(self.mistakes))


class Incident(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong. `edge` and `link` are display names or ids; `add` is the increase by metric."""

    edge: str
    kind: Kind
    start_s: float
    duration_s: Annotated[float, Meta(gt=0)]
    link: str | None = None
    add: dict[Metric, Annotated[float, Meta(gt=0)]] = msgspec.field(default_factory=dict)
    period_s: Annotated[float, Meta(gt=0)] = 1800.0


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All incidents of a run."""

    incidents: Annotated[tuple[Incident, ...], Meta(max_length=MAX_INCIDENTS)] = ()


def decode_script(text: bytes, source: str) -> Script:
    """Return the script of a JSON document.

    Raises ScriptError with the line and column of a syntax error, or the path of a wrong value.
    """
    try:
        return msgspec.json.decode(text, type=Script)
    except msgspec.ValidationError as error:
        raise ScriptError(source, (str(error),)) from error
    except msgspec.DecodeError as error:
        raise ScriptError(source, (_with_position(text, str(error)),)) from error


def check_script(script: Script, world: World, source: str) -> None:
    """Refuse a script that contradicts itself or the world.

    Raises ScriptError with all mistakes.
    """
    found = tuple(
        f"$.incidents[{number}]: {mistake}"
        for number, incident in enumerate(script.incidents)
        for mistake in (*_contradictions(incident), *_strangers(incident, world))
    )
    if found:
        raise ScriptError(source, found)


def affected(incident: Incident, world: World) -> frozenset[str]:
    """Return the internal ids of the links an incident touches."""
    edges = _edges(world, incident.edge)
    return frozenset(
        link.internal_id
        for edge in edges
        for link in edge.links
        if incident.link is None or incident.link in {link.name, link.internal_id}
    )


def affected_edges(incident: Incident, world: World) -> frozenset[int]:
    """Return the ids of the edges an incident touches."""
    return frozenset(edge.id for edge in _edges(world, incident.edge))


def _contradictions(incident: Incident) -> Iterator[str]:
    if incident.kind in OUTAGES:
        if incident.add:
            yield f"`add` has no use with kind {incident.kind}"
    elif not incident.add:
        yield f"`add` is missing: kind {incident.kind} needs an increase of one of {', '.join(get_args(Metric))}"
    wanted = ONLY_FOR.get(incident.kind)
    if wanted and (wrong := sorted(metric for metric in incident.add if not metric.startswith(wanted))):
        yield f"kind {incident.kind} cannot add to {', '.join(wrong)}"
    if incident.kind == "edge_offline" and incident.link is not None:
        yield "`link` has no use with kind edge_offline"
    if incident.kind != "edge_offline" and incident.link is None:
        yield f"`link` is missing: kind {incident.kind} is about one link"


def _strangers(incident: Incident, world: World) -> Iterator[str]:
    edges = _edges(world, incident.edge)
    if len(edges) != 1:
        yield (
            f"{len(edges)} edges of the world {world.name} are called {incident.edge!r}"
            if edges
            else (f"no edge of the world {world.name} is called {incident.edge!r}")
        )
    elif incident.link is not None and len(links := affected(incident, world)) != 1:
        yield f"{len(links) or 'no'} links of the edge {incident.edge!r} are called {incident.link!r}"


def _edges(world: World, name: str) -> list[Edge]:
    return [edge for one in world.enterprises for edge in one.edges if name in {edge.name, str(edge.id)}]


def _with_position(text: bytes, message: str) -> str:
    """Turn msgspec's "(byte N)" into a line and a column; a text that ends early is wrong at its end."""
    _, marker, rest = message.rpartition("(byte ")
    digits = rest.partition(")")[0]
    before = text[: int(digits)] if marker and digits.isdigit() else text
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return f"line {line}, column {column}: {message}"
