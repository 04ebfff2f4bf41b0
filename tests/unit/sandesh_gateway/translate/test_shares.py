from satark.sandesh.types import Hint, SandeshType
from satark.sandesh_gateway.translate.shares import OMITTED, PART_BYTES, omitted, shares_of
from satark.schemas.codec import MAX_VALUE_BYTES, encode
from satark.schemas.uves import Value
from tests.unit.sandesh_gateway.translate.say import NOW, ORIGIN, SAID, said, uve

ACLS = '<acls type="i32" identifier="2" aggtype="sum">4</acls>'


def test_says_who_said_what_of_which_object() -> None:
    """With the types and annotations of the sender, and when it said so."""
    (share,) = shares_of(uve(ACLS), ORIGIN, NOW)

    assert (share.entity, share.struct, share.message) == ("ObjectVNTable:vn1", "Vn", "VnTrace")
    assert (share.generator, share.session, share.gateway) == ("host-1:Compute:agent:0", 77, "gw")
    assert (share.time, share.sequence_number) == (SAID, 5)
    assert {"acls": Value(type="i32", text="4", annotations={"aggtype": "sum"})} == share.attributes
    assert (share.sync, share.alarm, share.deleted) == (False, False, False)


def test_tells_repetitions_deletions_and_alarms_apart() -> None:
    """Each is another fact, under another id where it is one."""
    (plain,) = shares_of(uve(ACLS), ORIGIN, NOW)
    (again,) = shares_of(uve(ACLS, hints=Hint.SYNC), ORIGIN, NOW)
    (gone,) = shares_of(uve('<deleted type="bool" identifier="9">true</deleted>'), ORIGIN, NOW)
    (alarm,) = shares_of(uve(ACLS, type_=SandeshType.ALARM), ORIGIN, NOW)

    assert (again.sync, gone.deleted, alarm.alarm) == (True, True, True)
    assert plain.id != again.id
    assert gone.attributes == {}


def test_key_fields_of_several_tables_are_told() -> None:
    """The share is that of the first table's object, and says which others there were."""
    (share,) = shares_of(uve('<vm type="string" identifier="2" key="ObjectVMTable">vm1</vm>'), ORIGIN, NOW)

    assert ("ObjectVNTable:vn1:vm1", ("ObjectVMTable",)) == (share.entity, share.other_tables)


def test_the_same_message_has_the_same_id() -> None:
    """A replay adds nothing; the next session is another."""
    assert shares_of(uve(ACLS), ORIGIN, NOW) == shares_of(uve(ACLS), ORIGIN, NOW)


def test_other_messages_have_no_share() -> None:
    """Logs, for one."""
    assert () == shares_of(said('<L type="sandesh"></L>', SandeshType.SYSTEM), ORIGIN, NOW)


def test_what_is_large_is_told_in_parts() -> None:
    """An update in parts is an update; each part is an event of its own that fits into a record."""
    fields = "".join(f'<a{n} type="string" identifier="{n}">{"x" * 250_000}</a{n}>' for n in range(2, 12))

    parts = shares_of(uve(fields, length=2_500_000), ORIGIN, NOW)

    assert len(parts) == 4
    assert len({part.id for part in parts}) == 4
    assert [f"a{n}" for n in range(2, 12)] == [name for part in parts for name in part.attributes]
    assert all(len(encode(part, source="/test").value) < MAX_VALUE_BYTES for part in parts)
    assert omitted(parts) == []


def test_an_attribute_that_fits_nowhere_is_said_to_be_missing() -> None:
    """The others are told; the whole goes to the dead letters by its caller."""
    size = PART_BYTES + 1
    fields = f'<big type="string" identifier="2" aggtype="union">{"x" * size}</big>{ACLS}'

    parts = shares_of(uve(fields, length=size), ORIGIN, NOW)

    (share,) = parts
    assert omitted(parts) == ["big"]
    assert share.attributes["acls"].text == "4"
    assert share.attributes["big"].annotations["aggtype"] == "union"
    assert int(share.attributes["big"].annotations[OMITTED]) > size
