from typing import Any

from msgspec.structs import replace

from satark.detector.explain import alarms
from satark.schemas.alarms import AlarmSeverity, AlarmView
from tests.unit.detector.explain.incidents import NOON

CONDITION = {
    "operand1": "NodeStatus.process_info.process_state",
    "operation": "!=",
    "operand2": {"json_value": '"RUNNING"'},
}
NAME = "NodeStatus.process_info.process_name"


def view(*matches: dict[str, Any], **extra: object) -> AlarmView:
    """Return an alarm of processes that do not run."""
    return AlarmView(
        type="system:process-status",
        severity=AlarmSeverity.MAJOR,
        time=NOON,
        token="1",
        description="Process Failure.",
        alarm_rules={"or_list": [{"and_list": [{"condition": CONDITION, "match": list(matches)} | extra]}]},
        reason="conditions_hold",
    )


class TestRows:
    def test_each_value_has_its_row(self) -> None:
        """A condition is told with what was seen, what it was compared with, and where."""
        found = view(
            {"json_operand1_value": '"STOPPED"', "json_variables": {NAME: '"agent"', "x": "null"}},
            {"json_operand1_value": "null", "json_operand2_value": "5"},
            more=3,
        )

        told = 'NodeStatus.process_info.process_state != "RUNNING"'
        assert list(alarms.rows(found)) == [
            (told, '"STOPPED"', "", 'process_name "agent"'),
            (told, "null", "5", ""),
            (told, "3 more", "", ""),
        ]

    def test_what_is_no_list_of_conditions_is_passed_over(self) -> None:
        """Rules come as plain JSON: whatever stands there, nothing breaks."""
        for rules in ({}, {"or_list": 5}, {"or_list": [7, {"and_list": [{"condition": 1, "match": [None, {}]}]}]}):
            told = list(alarms.rows(replace(view(), alarm_rules=rules)))

            assert told in ([], [("", "", "", "")])

    def test_long_values_are_cut(self) -> None:
        """A value that fills the screen is cut, and cannot move the cursor."""
        ((_, seen, _, _),) = alarms.rows(view({"json_operand1_value": "\x1b[2J" + "x" * 500}))

        assert len(seen) == alarms.MAX_VALUE_CHARS
        assert seen.startswith("\\x1b[2Jxxx")


class TestHeadline:
    def test_it_says_what_and_why(self) -> None:
        """The rule, the reason and the description are told, and that somebody has seen it."""
        assert alarms.headline(replace(view(), acknowledged=True)) == (
            "alarm system:process-status; conditions hold; Process Failure.; acknowledged"
        )
