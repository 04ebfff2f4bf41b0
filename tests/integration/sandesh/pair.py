"""A collector that writes down what it gets, and a generator that is quick to come back."""

from collections import Counter
from typing import Any

from satark.sandesh.generator import Collector, Delivery, Generator
from satark.sandesh.session.states import Timers
from tests.unit.sandesh.probe import ProbeRequest, ProbeSystemLog, ProbeUve, ProbeUveTrace

QUICK = Timers(first_hold_s=0.05, longest_hold_s=0.2, connect_s=2.0, negotiate_s=5.0)
CLASSES = {each.__sandesh__.name: each for each in (ProbeSystemLog, ProbeUveTrace)}


class Notes:
    """The messages that a collector delivered."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    def __call__(self, delivery: Delivery) -> None:
        """Note one."""
        self.deliveries.append(delivery)

    def names(self) -> Counter[str]:
        """How many of each message came."""
        return Counter(each.received.name for each in self.deliveries)

    def logs(self) -> list[int]:
        """The numbers of the logs, in the order they came."""
        return [body.number for body in self._bodies("ProbeSystemLog")]

    def uves(self) -> dict[str, tuple[int | None, bool]]:
        """What is known of each UVE: its total and whether it was deleted last, by name."""
        known: dict[str, tuple[int | None, bool]] = {}
        for body in self._bodies("ProbeUveTrace"):
            data = body.data
            known[data.name] = (data.total, bool(data.deleted))
        return known

    def _bodies(self, name: str) -> list[Any]:
        return [each.received.body for each in self.deliveries if each.received.name == name]


def collector(notes: Notes, *, port: int = 0, **options: Any) -> Collector:
    """A collector on a free port, or on one that was free before."""
    return Collector(notes, port=port, classes=CLASSES, **options)


def generator(*collectors: str, **options: Any) -> Generator:
    """A generator for these collectors."""
    options = {"timers": QUICK, "messages": [ProbeUveTrace, ProbeRequest, ProbeSystemLog], **options}
    return Generator("probe", "host", "Compute", "0", collectors=collectors, **options)


def log(number: int, text: str = "") -> ProbeSystemLog:
    """A log by its number."""
    return ProbeSystemLog(number=number, text=text)


def uve(name: str, total: int | None = None, *, deleted: bool | None = None) -> ProbeUveTrace:
    """A UVE by its name."""
    return ProbeUveTrace(data=ProbeUve(name=name, total=total, deleted=deleted))
