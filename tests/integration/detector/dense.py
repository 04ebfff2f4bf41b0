"""Objects of which every generator says something, and what becomes of them: changes, ends, births, lost sessions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from satark.schemas.uves import SharesWithdrawn, UveShare, Value, withdrawal_id
from satark.uve.told import told_of
from satark.uve.uve import Uve
from satark.uve.uves import Uves
from tests.support.shares import EPOCH

Event = UveShare | SharesWithdrawn
Said = dict[str, Value]

STRUCT = "UveVirtualNetworkAgent"
CHANGED, ENDED, AGAIN = 0.1, 0.02, 50
"""Of what a generator says in a tick: how much of it changes, how many objects end; so many events are told twice."""


@dataclass
class Source:
    """One generator; it says nothing while it has no session."""

    name: str
    session: int = 0
    number: int = 0
    is_up: bool = False
    says: dict[str, Said] = field(default_factory=dict)


class Dense:
    """So many objects, each told of by all generators, tick by tick. One generator is lost in a tick, one restarts."""

    def __init__(self, generators: int, objects: int, *, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a story, not a secret
        self._sources = [Source(f"host-{at:03}:Compute:contrail-vrouter-agent:0") for at in range(generators)]
        self._objects = [f"ObjectVNTable:default-domain:demo:vn{at}" for at in range(objects)]
        self._born = objects

    def tick(self, tick: int) -> list[Event]:
        """What is told in a tick: each generator's events in their order, the last ones twice, all of them mixed."""
        ended = self._ended() if tick else []
        told = [list(self._of(at, source, tick, ended)) for at, source in enumerate(self._sources)]
        told = [each + each[-AGAIN:] for each in told]
        order = [at for at, each in enumerate(told) for _ in each]
        self._random.shuffle(order)
        places = [iter(each) for each in told]
        return [next(places[at]) for at in order]

    def truth(self) -> dict[str, Uve]:
        """The objects from scratch: each generator tells all that it says now."""
        uves = Uves()
        for source in self._sources:
            for entity, said in source.says.items() if source.is_up else ():
                uves.apply(told_of(self._share(source, 0, entity, said)), seen_us=0)
        return {entity: uves[entity] for entity in uves}

    def _ended(self) -> list[str]:
        """End some objects; as many others begin."""
        ended = self._random.sample(self._objects, int(len(self._objects) * ENDED))
        gone = set(ended)
        self._objects = [each for each in self._objects if each not in gone]
        for _ in ended:
            self._objects.append(f"ObjectVNTable:default-domain:demo:vn{self._born}")
            self._born += 1
        return ended

    def _of(self, at: int, source: Source, tick: int, ended: list[str]) -> Iterator[Event]:
        count = len(self._sources)
        if tick and at == tick % count:
            yield self._withdrawn(source)
            source.is_up, source.says = False, {}
            return
        if not source.is_up or (tick and at == (tick + count // 2) % count):
            source.session, source.number, source.is_up, source.says = source.session + 1, 0, True, {}
        for entity in ended:
            if source.says.pop(entity, None) is not None:
                yield self._share(source, tick, entity, {}, deleted=True)
        for entity in self._objects:
            before = source.says.get(entity)
            if before is None:
                said = self._says(at, tick)
            elif self._random.random() < CHANGED:
                said = dict([self._random.choice(list(self._says(at, tick).items()))])
            else:
                continue
            source.says[entity] = {**(before or {}), **said}
            yield self._share(source, tick, entity, said)

    def _says(self, at: int, tick: int) -> Said:
        draw = self._random.random
        return {
            "total_interfaces": Value(type="u32", text=str(at + tick), annotations={"aggtype": "sum"}),
            "total_acl_rules": Value(type="i32", text=str(3 + (draw() < CHANGED))),
            "connected_networks": Value(
                type="list",
                element="string",
                items=("default-domain:demo:left", f"default-domain:demo:right{tick % 3}"),
                annotations={"aggtype": "union"},
            ),
            "state": Value(type="string", text="up" if draw() > CHANGED else f"down since {tick}"),
        }

    def _share(self, source: Source, tick: int, entity: str, said: Said, *, deleted: bool = False) -> UveShare:
        source.number += 1
        return UveShare(
            id=f"{source.name}-{source.session}-{source.number}",
            generator=source.name,
            gateway="gw",
            time=EPOCH + timedelta(seconds=10 * tick, microseconds=source.number),
            entity=entity,
            session=source.session,
            struct=STRUCT,
            message=f"{STRUCT}Trace",
            sequence_number=source.number,
            deleted=deleted,
            attributes=said,
        )

    def _withdrawn(self, source: Source) -> SharesWithdrawn:
        return SharesWithdrawn(
            id=withdrawal_id(source.name, source.session),
            generator=source.name,
            gateway="gw",
            time=EPOCH,
            through=source.session,
            reason="session_lost",
        )
