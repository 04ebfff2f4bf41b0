"""Records as the detector and the gateways write them, from what generators say."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from satark.runtime.records import Record
from satark.schemas import topics
from satark.schemas.alarms import AlarmSeverity, AlarmView
from satark.schemas.codec import encode
from satark.schemas.uve_states import UveState
from satark.schemas.uves import UveShare, Value
from satark.uve import views
from satark.uve.rows import share_key
from satark.uve.state import dump_share
from satark.uve.told import told_of
from satark.uve.uve import Uve

TIME = datetime(2026, 3, 10, 12, tzinfo=UTC)
SEEN = "seen-1"
VN = "ObjectVNTable:default-domain:demo:vn1"
G1, G2, G3 = "h1:Compute:vra:0", "h2:Compute:vra:0", "h3:Config:api:0"


def record(topic: str, key: bytes | None, value: bytes | None, *, partition: int = 0, offset: int = 0) -> Record:
    """A record that was written at `TIME`."""
    return Record(topic, partition, offset, TIME, key, value)


def number(value: int, type_: str = "i32", **annotations: str) -> Value:
    """An integer."""
    return Value(type=type_, text=str(value), annotations=annotations)


def text(value: str) -> Value:
    """A string."""
    return Value(type="string", text=value)


def uve_of(said: Mapping[tuple[str, str], Mapping[str, Value]], *, seen_us: int = 1_000) -> Uve:
    """An object of which generators say these attributes, by struct and generator."""
    uve = Uve()
    for (struct, generator), attributes in said.items():
        share = UveShare(
            id=f"{struct}-{generator}",
            generator=generator,
            gateway="gw",
            time=datetime.fromtimestamp(seen_us / 1e6, UTC),
            entity=VN,
            session=7,
            struct=struct,
            message=f"{struct}Trace",
            sequence_number=1,
            attributes=dict(attributes),
        )
        uve.apply(told_of(share), seen_us=seen_us)
    return uve


def rows(entity: str, uve: Uve) -> list[Record]:
    """The rows of an object's shares."""
    return [
        record(topics.UVE_CHANGELOG, share_key(entity, struct, generator), dump_share(share))
        for (struct, generator), share in uve.shares()
    ]


def state(entity: str, uve: Uve, alarms: Iterable[AlarmView] = ()) -> Record:
    """The record of an object's state."""
    event = UveState(
        id="state",
        entity=entity,
        time=TIME,
        structs=views.flat(uve),
        alarms=tuple(alarms),
        share_count=sum(1 for _ in uve.shares()),
    )
    made = encode(event, source="/test")
    return record(made.topic, made.key, made.value)


def without_state(entity: str) -> Record:
    """The record that says that an object is gone."""
    return record(topics.UVE_STATES, entity.encode(), None)


def alarm(
    name: str = "system-defined-process-status",
    *,
    token: str = SEEN,
    acknowledged: bool = False,
    severity: AlarmSeverity = AlarmSeverity.CRITICAL,
) -> AlarmView:
    """An alarm that is set, with one condition that one process fulfils."""
    return AlarmView(
        type=f"default-global-system-config:{name}",
        severity=severity,
        time=TIME,
        token=token,
        acknowledged=acknowledged,
        description="Process Failure.",
        alarm_rules=RULES,
        reason="conditions_hold",
    )


RULES = {
    "or_list": [
        {
            "and_list": [
                {
                    "condition": {
                        "operation": "!=",
                        "operand1": "NodeStatus.process_info.process_state",
                        "operand2": {"json_value": '"PROCESS_STATE_RUNNING"'},
                        "variables": ["NodeStatus.process_info.process_name"],
                    },
                    "match": [
                        {
                            "json_operand1_value": '"PROCESS_STATE_STOPPED"',
                            "json_variables": {"NodeStatus.process_info.process_name": '"contrail-topology"'},
                        }
                    ],
                }
            ]
        }
    ]
}
