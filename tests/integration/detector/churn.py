"""What gateways tell of simulated daemons whose objects come and go, and what must then be held. No sockets."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from satark.sandesh.types import Header, Message, SandeshType
from satark.sandesh.wire.frame import FrameReader
from satark.sandesh.wire.xml import decode_frame, encode
from satark.sandesh_gateway.translate.origin import Origin
from satark.sandesh_gateway.translate.shares import shares_of
from satark.schemas.uves import SharesWithdrawn, UveShare, withdrawal_id
from satark.simulators.generators.behaviour import NOTHING
from satark.simulators.generators.kinds import identity
from satark.simulators.generators.lives import is_cut_off
from satark.simulators.generators.moment import Moment
from satark.simulators.generators.scenario import SCENARIOS, Scenario
from satark.simulators.generators.shares import State, changes
from satark.simulators.generators.states import state_at
from satark.uve.told import told_of
from satark.uve.uve import Uve
from satark.uve.uves import Uves
from tests.support.shares import EPOCH

Event = UveShare | SharesWithdrawn
AGAIN = 5
"""So many of a daemon's events at the end of a tick are told twice."""


def scenario(generators: int, objects: int) -> Scenario:
    """Objects that live for a few ticks, daemons that restart, and sessions that are lost."""
    return replace(
        SCENARIOS["churn"], generators=generators, objects=objects, life_ticks=(3, 8), restart_ticks=7, flap_ticks=5
    )


@dataclass
class Daemon:
    """One generator: its sessions, numbers, and what it knows; empty while it is cut off."""

    index: int
    name: str
    session: int = 0
    number: int = 0
    life: int = -1
    state: State = field(default_factory=lambda: NOTHING)
    up: bool = False


class Churn:
    """All daemons of a scenario, tick by tick."""

    def __init__(self, wanted: Scenario, *, seed: int = 1) -> None:
        self.scenario = wanted
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - a story, not a secret
        self._daemons = [Daemon(i, str(identity(wanted.kind_of(i), i))) for i in range(wanted.generators)]

    def tick(self, tick: int) -> list[Event]:
        """What is told in a tick: each daemon's events in their order, some twice, all daemons' mixed."""
        told = [list(self._of(daemon, tick)) for daemon in self._daemons]
        told = [each + each[-AGAIN:] for each in told]
        order = [index for index, each in enumerate(told) for _ in each]
        self._random.shuffle(order)
        places = [iter(each) for each in told]
        return [next(places[index]) for index in order]

    def truth(self) -> dict[str, Uve]:
        """The objects from scratch: each daemon tells all that it knows now."""
        uves = Uves()
        for daemon in self._daemons:
            for share in self._told(daemon, 0, list(daemon.state.values())) if daemon.up else ():
                uves.apply(told_of(share), seen_us=0)
        return {entity: uves[entity] for entity in uves}

    def _of(self, daemon: Daemon, tick: int) -> Iterator[Event]:
        moment = Moment(self.scenario, self.scenario.kind_of(daemon.index), daemon.index, tick, self._seed)
        lost = is_cut_off(self.scenario, daemon.index, tick, self._seed)
        if daemon.up and (lost or moment.process.life != daemon.life):
            yield self._withdrawn(daemon)
            daemon.up = False
        daemon.life = moment.process.life
        if lost:
            return
        if not daemon.up:
            daemon.up, daemon.state, daemon.number = True, NOTHING, 0
            daemon.session += 1
        after = state_at(moment)
        news = list(changes(daemon.state, after))
        daemon.state = after
        yield from self._told(daemon, tick, news)

    def _told(self, daemon: Daemon, tick: int, messages: Sequence[Message]) -> Iterator[UveShare]:
        source, node_type, module, instance = daemon.name.rsplit(":", 3)
        for message in messages:
            daemon.number += 1
            header = Header(
                timestamp_us=round(self.scenario.clock_s(tick) * 1e6),
                module=module,
                source=source,
                node_type=node_type,
                instance_id=instance,
                type=SandeshType.UVE,
                sequence_number=daemon.number,
            )
            reader = FrameReader()
            (frame,) = reader.feed(encode(header, message))
            yield from shares_of(decode_frame(frame), Origin(daemon.name, daemon.session, "gw"), EPOCH)

    def _withdrawn(self, daemon: Daemon) -> SharesWithdrawn:
        return SharesWithdrawn(
            id=withdrawal_id(daemon.name, daemon.session),
            generator=daemon.name,
            gateway="gw",
            time=EPOCH,
            through=daemon.session,
            reason="session_lost",
        )
