from collections.abc import Iterable
from typing import Any

import msgspec

from satark.analytics.uves.browsing import Browser, holding
from satark.analytics.uves.sharing import alarms_of
from satark.runtime.records import Record
from satark.schemas.alarms import AlarmSeverity
from tests.unit.analytics.mirror.records import G1, G2, VN, alarm, number, rows, state, text, uve_of
from tests.unit.analytics.routes.serving import serving

SAID = {
    ("Vn", G1): {"x": number(1), "mode": text("a"), "flows": number(3, "u64", aggtype="sum")},
    ("Vn", G2): {"x": number(1), "mode": text("b"), "flows": number(4, "u64", aggtype="sum")},
}


def records(name: str, *alarms: Any, table: str = "ObjectVNTable") -> list[Record]:
    """Return the records of an object."""
    entity = f"{table}:{name}"
    uve = uve_of(SAID)
    return [*rows(entity, uve), state(entity, uve, alarms)]


def browser(said: Iterable[Record]) -> Browser:
    """Return a browser of a mirror with these records."""
    return serving(said).browser


class TestTypes:
    def test_objects_and_alarms_are_counted(self) -> None:
        """A type tells how many of its objects have alarms, and how grave the gravest is."""
        minor = alarm("limit", severity=AlarmSeverity.MINOR)
        found = browser(
            [*records("a"), *records("b", minor), *records("c", alarm(), minor), *records("r", table="ObjectVRouter")]
        )

        told = {each.type: (each.objects, each.alarmed, each.severity) for each in found.types().types}

        assert {"virtual-network": (3, 2, AlarmSeverity.CRITICAL), "vrouter": (1, 0, None)} == told


class TestRows:
    def test_a_row_tells_of_an_object(self) -> None:
        """Generators, alarms and those that nobody has seen are counted."""
        found = browser(records("a", alarm(acknowledged=True), alarm("other")))

        (row,) = found.rows("ObjectVNTable", found.names("ObjectVNTable"), after="", limit=9)

        assert ("a", 2, 2, 1, AlarmSeverity.CRITICAL) == (
            row.name,
            row.generators,
            row.alarms,
            row.unacknowledged,
            row.severity,
        )

    def test_only_those_with_alarms(self) -> None:
        """Who wants only objects with alarms gets no others."""
        found = browser([*records("a"), *records("b", alarm())])

        assert ["b"] == list(found.names("ObjectVNTable", alarmed=True))

    def test_pages_follow_each_other(self) -> None:
        """A page begins behind the name that was last."""
        found = browser(record for name in "abcde" for record in records(name))
        names = found.names("ObjectVNTable")

        assert ["c", "d"] == [row.name for row in found.rows("ObjectVNTable", names, after="b", limit=2)]

    def test_a_text_is_found_in_any_case(self) -> None:
        """Case is no matter."""
        assert ["aBc"] == list(holding(["aBc", "x"], "BC"))


class TestOne:
    async def test_each_generator_is_beside_the_sum(self) -> None:
        """What sources come to stands beside what each says; where they differ there is no common value."""
        told = await serving(records("a")).json("/v1/objects/virtual-network/a")
        (struct,) = told["structs"]
        attributes = {each["name"]: each for each in struct["attributes"]}

        assert [G1, G2] == [each["generator"] for each in struct["sources"]]
        assert (7, "sum", True) == tuple(attributes["flows"][name] for name in ("value", "aggregation", "agreed"))
        assert (None, "", False) == tuple(attributes["mode"][name] for name in ("value", "aggregation", "agreed"))
        assert [{"value": "a", "generators": [G1]}, {"value": "b", "generators": [G2]}] == attributes["mode"]["said"]
        assert [{"value": 1, "generators": [G1, G2]}] == attributes["x"]["said"]

    async def test_alarms_come_with_their_tokens(self) -> None:
        """An alarm can be acknowledged by what is told of it."""
        told = await serving(records("a", alarm())).json("/v1/objects/ObjectVNTable/a")
        (one,) = told["alarms"]

        assert "critical" == one["severity"]
        assert one["token"]
        assert "UVEAlarms" not in [each["struct"] for each in told["structs"]]

    async def test_what_is_not_there_is_404(self) -> None:
        """Neither an object that nobody speaks of, nor a type that is none, is there."""
        served = serving(records("a"))

        statuses = [
            (await served.ask(f"/v1/objects/{path}")).status_code
            for path in ("virtual-network/b", "nonsense", "vrouter")
        ]

        assert [404, 404, 200] == statuses

    async def test_sums_of_any_size(self) -> None:
        """A sum that has more than 64 bits is told whole."""
        big = 2**64 - 1
        entity = VN
        uve = uve_of(
            {("Vn", G1): {"n": number(big, "u64", aggtype="sum")}, ("Vn", G2): {"n": number(big, "u64", aggtype="sum")}}
        )

        response = await serving(rows(entity, uve)).ask("/v1/objects/virtual-network/default-domain:demo:vn1")

        assert f'"value":{2 * big}' in response.text.replace(" ", "")


class TestPages:
    async def test_a_list_is_read_page_by_page(self) -> None:
        """The cursor leads through all, and the last page has none."""
        served = serving(record for name in "abcde" for record in records(name))
        found, cursor = [], ""
        while cursor is not None:
            page = await served.json(f"/v1/objects/virtual-network?limit=2{f'&cursor={cursor}' if cursor else ''}")
            found += [row["name"] for row in page["rows"]]
            cursor = page["next"]

        assert list("abcde") == found


class TestAlarms:
    def test_what_is_none_is_passed_over(self) -> None:
        """Generators may say anything in the place of alarms."""
        wild = [
            None,
            7,
            {"type": 3},
            {"type": "a", "severity": 99, "timestamp": 10**30, "ack": "yes", "alarm_rules": []},
        ]

        (told,) = alarms_of(wild)

        assert ("a", AlarmSeverity.MINOR, False, {}) == (told.type, told.severity, told.acknowledged, told.rules)
        assert [] == alarms_of({"no": "list"})
        assert msgspec.json.encode(told)
