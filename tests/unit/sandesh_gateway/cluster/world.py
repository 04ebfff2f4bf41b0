"""A small world of gateways, daemons and Kafka, without any of them: three logs, rosters, and who is really connected.

Each gateway reads the logs at its own pace. A consumer of the shares' log keeps what it must keep: by generator the
number through which everything is withdrawn, and the greatest session that said something after that.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from satark.sandesh_gateway.cluster.roster import RENEWALS, Roster
from satark.sandesh_gateway.cluster.sessions import ended
from satark.sandesh_gateway.cluster.watch import is_over
from satark.schemas.generators import GatewayLease, GeneratorSession
from tests.unit.sandesh_gateway.cluster.words import BEGIN, LEASE_S, up

STEP_S = LEASE_S / RENEWALS


@dataclass(slots=True)
class Process:
    """A gateway process: what it knows, what it holds, how far it has read."""

    name: str
    roster: Roster
    life: int
    clock_off_s: float
    sessions_read: int = 0
    leases_read: int = 0
    held: dict[str, int] = field(default_factory=dict)
    renewed_s: float = 0.0
    alive: bool = True
    frozen: bool = False

    @property
    def ready(self) -> bool:
        """Whether it serves."""
        return self.alive and not self.frozen


class World:
    """The world, driven by the methods below; `now_s` is true time."""

    def __init__(self, *names: str) -> None:
        self.now_s = 0.0
        self.sessions_log: list[GeneratorSession] = []
        self.leases_log: list[tuple[float, GatewayLease]] = []
        self.withdrawn: dict[str, int] = {}
        self.said: dict[str, int] = {}
        self.connected: dict[str, tuple[str, int]] = {}
        self.wronged: list[str] = []
        self.processes: dict[str, Process] = {}
        for place, name in enumerate(names):
            self.start(name, life=0, clock_off_s=7.0 * place)

    def start(self, name: str, *, life: int, clock_off_s: float) -> None:
        """A new process reads everything, then says that it lives."""
        roster = Roster(name, started=BEGIN + timedelta(days=life), lease_s=LEASE_S)
        process = self.processes[name] = Process(name, roster, life, clock_off_s)
        self._read(process, all_of_it=True)
        roster.listen()
        self._renew(process)

    def accept(self, generator: str, name: str) -> None:
        """The daemon connects to a gateway; whoever had it before may not know yet."""
        process = self.processes[name]
        if not process.ready:
            return
        number = process.roster.next_session(generator, now_us=int((self.now_s - process.clock_off_s) * 1e6))
        self.connected[generator] = (name, number)
        process.held[generator] = number
        self._withdraw(generator, number - 1)
        self.sessions_log.append(up(generator, number, name))
        self._say(generator, number)

    def lose(self, generator: str, name: str) -> None:
        """A gateway notices that the connection which it had is gone; the daemon may have another."""
        process = self.processes[name]
        if not process.ready or generator not in process.held:
            return
        number = process.held[generator]
        if self.connected.get(generator) == (name, number):
            del self.connected[generator]
        self._close(process, generator)

    def speak(self, generator: str) -> None:
        """The daemon says something about itself."""
        if generator in self.connected:
            name, number = self.connected[generator]
            if self.processes[name].ready:
                self._say(generator, number)

    def kill(self, name: str) -> None:
        """A process dies, and with it all its connections."""
        self.processes[name].alive = False
        self.connected = {each: held for each, held in self.connected.items() if held[0] != name}

    def restart(self, name: str) -> None:
        """A dead gateway's name is given to a new process."""
        if not self.processes[name].alive:
            self.start(name, life=self.processes[name].life + 1, clock_off_s=self.processes[name].clock_off_s)

    def freeze(self, name: str) -> None:
        """A process stands still, its connections stay."""
        self.processes[name].frozen = True

    def thaw(self, name: str) -> None:
        """It goes on, where it stood: it may judge before it reads."""
        process = self.processes[name]
        process.frozen = False
        self._act(process)

    def stall(self, name: str, steps: int) -> None:
        """A process stands still for so many thirds of a lease."""
        self.freeze(name)
        self.pass_time(steps)
        self.thaw(name)

    def read(self, name: str, sessions: int, leases: int) -> None:
        """A gateway reads some of both logs, then acts."""
        process = self.processes[name]
        if process.ready:
            self._read(process, sessions, leases)
            self._act(process)

    def pass_time(self, steps: int = 1) -> None:
        """So many thirds of a lease pass, and who lives says so each time."""
        for _ in range(steps):
            self.now_s += STEP_S
            for process in self.processes.values():
                if process.ready:
                    self._renew(process)

    def settle(self) -> None:
        """Everybody goes on, notices which of its connections are dead, reads all, and three leases pass."""
        for process in self.processes.values():
            process.frozen = False
            for generator, number in list(process.held.items()):
                if self.connected.get(generator) != (process.name, number):
                    self.lose(generator, process.name)
        for _ in range(3 * RENEWALS + 2):
            self.pass_time()
            for process in self.processes.values():
                if process.alive:
                    self._read(process, all_of_it=True)
                    self._act(process)
            for generator in list(self.connected):
                self.speak(generator)

    def shown(self) -> dict[str, int]:
        """Return what the consumer shows: by generator the session of its shares, if they are not withdrawn."""
        return {name: number for name, number in self.said.items() if number > self.withdrawn.get(name, -1)}

    def _renew(self, process: Process) -> None:
        process.renewed_s = self.now_s
        time = BEGIN + timedelta(seconds=self.now_s - process.clock_off_s)
        started = BEGIN + timedelta(days=process.life)
        lease = GatewayLease(gateway=process.name, time=time, lease_s=LEASE_S, started=started)
        self.leases_log.append((self.now_s, lease))

    def _read(self, process: Process, sessions: int = 0, leases: int = 0, *, all_of_it: bool = False) -> None:
        backlog = process.leases_read == 0 and not process.held
        new = self.sessions_log[process.sessions_read :][: None if all_of_it else sessions]
        process.sessions_read += len(new)
        for event in new:
            process.roster.learn_session(event, now_s=self.now_s)
            ours = process.held.get(event.generator)
            if ours is not None and is_over(ours, event, gateway=process.name):
                self._close(process, event.generator)
        for written_s, lease in self.leases_log[process.leases_read :][: None if all_of_it else leases]:
            process.leases_read += 1
            silent_s = self.now_s - written_s if backlog else 0.0
            process.roster.learn_lease(lease, now_s=self.now_s, silent_s=silent_s)

    def _act(self, process: Process) -> None:
        for lost in process.roster.expired(now_s=self.now_s):
            for session in lost.sessions:
                self._judge(lost.gateway, session)
                self._withdraw(session.generator, session.session)
                self.sessions_log.append(ended(session, "lost", BEGIN))
            process.roster.withdrawn(lost.sessions)
        self.sessions_log.extend(process.roster.shadowed())

    def _judge(self, name: str, session: GeneratorSession) -> None:
        """Note when the session of a gateway is withdrawn that has said in time that it lives."""
        holder = self.processes[name]
        its_own = holder.held.get(session.generator) == session.session
        if its_own and holder.alive and self.now_s - holder.renewed_s < LEASE_S:
            self.wronged.append(f"{session.generator} at {name}")

    def _close(self, process: Process, generator: str) -> None:
        number = process.held.pop(generator)
        self._withdraw(generator, number)
        self.sessions_log.append(ended(up(generator, number, process.name), "closed", BEGIN))
        if self.connected.get(generator) == (process.name, number):
            del self.connected[generator]  # it will come back, when the test says so

    def _withdraw(self, generator: str, through: int) -> None:
        self.withdrawn[generator] = max(self.withdrawn.get(generator, -1), through)

    def _say(self, generator: str, number: int) -> None:
        self.said[generator] = max(self.said.get(generator, -1), number)
