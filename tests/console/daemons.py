"""Objects that daemons speak of, as the mirror and the store have them: some with alarms, many, and with hostile names."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from satark.analytics.ingest.mapping.rows import Rows, add_rows
from satark.analytics.store.client import Store
from satark.analytics.store.tables import BY_NAME
from satark.runtime.records import Record
from satark.schemas.alarms import AlarmSeverity, AlarmView
from satark.schemas.uves import UveShare, Value
from satark.uve.told import told_of
from satark.uve.uve import Uve
from tests.unit.analytics.mirror.records import alarm, number, rows, state, text

ROUTER = "ObjectVRouter:a6s40"
GENERATORS = ("a6s40:Compute:contrail-vrouter-agent:0", "a6s40:Compute:contrail-vrouter-nodemgr:0")
HOSTILE = (
    '<img src=x onerror="alert(1)"><script>alert(2)</script>',
    "\u202egnihtemos \u05d0\u05d1\u05d2",
    "W" * 200,
    "a/b:c d%2F?x=1#y&z",
)
"""Names that would be more than names, were pages or addresses made of them."""


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def structs(value: int = 3) -> Mapping[tuple[str, str], Mapping[str, Value]]:
    """Return what two daemons say of a virtual router: some alike, some not, some to be added up."""
    agent, manager = GENERATORS
    interface = Value(
        type="struct", struct="Interface", fields={"name": text("eth0"), "in_bytes": number(120 * value, "u64")}
    )
    return {
        ("VrouterAgent", agent): {
            "vrouter_name": text("a6s40"),
            "total_flows": number(value, "u64", aggtype="sum"),
            "mode": text("VROUTER"),
            "phy_if": Value(type="list", element="struct", items=(interface,)),
        },
        ("VrouterAgent", manager): {
            "vrouter_name": text("a6s40"),
            "total_flows": number(4, "u64", aggtype="sum"),
            "mode": text("KERNEL"),
        },
        ("NodeStatus", manager): {"deleted": Value(type="bool", text="false"), "process_info": text("<b>running</b>")},
    }


def uve(entity: str, said: Mapping[tuple[str, str], Mapping[str, Value]], *, time: datetime | None = None) -> Uve:
    """Return an object of which generators say these attributes."""
    found, when = Uve(), time or now()
    for share in shares(entity, said, time=when):
        found.apply(told_of(share), seen_us=int(when.timestamp() * 1e6))
    return found


def shares(entity: str, said: Mapping[tuple[str, str], Mapping[str, Value]], *, time: datetime) -> Iterator[UveShare]:
    """Yield the events by which generators say so."""
    for at, ((struct, generator), attributes) in enumerate(said.items()):
        yield UveShare(
            id=f"{entity}-{struct}-{generator}-{time.timestamp()}",
            generator=generator,
            gateway="gw1",
            time=time,
            entity=entity,
            session=7,
            struct=struct,
            message=f"{struct}Trace",
            sequence_number=at + 1,
            attributes=dict(attributes),
        )


def router(value: int = 3, *, acknowledged: bool = False) -> list[Record]:
    """Return the records of a virtual router that has two alarms."""
    found = uve(ROUTER, structs(value))
    alarms = [alarm(acknowledged=acknowledged), alarm("system-defined-vrouter-limit", severity=AlarmSeverity.MINOR)]
    return [*rows(ROUTER, found), state(ROUTER, found, alarms)]


def objects(
    names: Iterable[str], *, table: str = "ObjectVNTable", alarms: Iterable[AlarmView] = ()
) -> Iterator[Record]:
    """Yield the records of objects of which one daemon says a little."""
    said = {("UveVirtualNetworkAgent", GENERATORS[0]): {"interface_list_count": number(2), "acl": text("default")}}
    for name in names:
        found = uve(f"{table}:{name}", said)
        yield from (*rows(f"{table}:{name}", found), state(f"{table}:{name}", found, alarms))


def put_history(store: Store, entity: str = ROUTER) -> None:
    """Put into the store what was said of an object within the last half hour: the number of flows rises."""
    found = Rows()
    for number_ in range(6):
        time = now() - timedelta(minutes=5 * (6 - number_))
        for share in shares(entity, structs(number_), time=time):
            add_rows(share, ("satark.uves.v1", 0, number_), found)
    put(store, found)


def put(store: Store, found: Rows) -> None:
    """Insert the rows of events."""
    for table, values in found.by_table.items():
        store.insert(table, BY_NAME[table].names, values)
