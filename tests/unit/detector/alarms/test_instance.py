import json

import msgspec
import pytest

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.instance import micros, moment, token_of
from satark.uve.alarms import ObjectAlarms
from tests.unit.detector.alarms.worlds import KEY, START, at, condition, rule

UVE = {"NodeStatus": {"process_info": [{"process_name": "agent", "process_state": "STOPPED"}], "a": 1, "b": 2}}
PROCESS = condition(
    "NodeStatus.process_info.process_state", "!=", "RUNNING", variables=["NodeStatus.process_info.process_name"]
)
DIFFERENT = condition("NodeStatus.a", "!=", other="NodeStatus.b")


class TestAlarm:
    def test_shape(self) -> None:
        """An alarm has the original's JSON, so that who reads that can read ours."""
        (event,) = AlarmEngine([rule([PROCESS], description="Process Failure.")]).step(None, KEY, UVE, START).events

        assert json.loads(msgspec.json.encode(event.alarm)) == {
            "type": "default-global-system-config:test",
            "severity": 1,
            "timestamp": 1_795_262_400_000_000,
            "token": event.alarm.token,
            "ack": False,
            "description": "Process Failure.",
            "alarm_rules": {
                "or_list": [
                    {
                        "and_list": [
                            {
                                "condition": {
                                    "operation": "!=",
                                    "operand1": "NodeStatus.process_info.process_state",
                                    "operand2": {"json_value": '"RUNNING"'},
                                    "variables": ["NodeStatus.process_info.process_name"],
                                },
                                "match": [
                                    {
                                        "json_operand1_value": '"STOPPED"',
                                        "json_variables": {"NodeStatus.process_info.process_name": '"agent"'},
                                    }
                                ],
                            }
                        ]
                    }
                ]
            },
        }

    def test_state_round_trip(self) -> None:
        """What is remembered of an object survives its encoding."""
        rules = [rule([PROCESS]), rule([DIFFERENT], name="other", activate_after_s=5)]
        state = AlarmEngine(rules).step(None, KEY, UVE, START).state

        assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=ObjectAlarms) == state


class TestTimes:
    def test_round_trip(self) -> None:
        """Times are whole microseconds, and exact."""
        assert moment(micros(at(0.000_001))) == at(0.000_001)

    def test_naive(self) -> None:
        """A time without a zone is a mistake of ours."""
        with pytest.raises(TypeError):
            micros(START.replace(tzinfo=None))


class TestToken:
    def test_of_one_view(self) -> None:
        """The token differs by object, alarm, time and change, and is the same for the same."""
        views = [("a", "b", 1, 0), ("x", "b", 1, 0), ("a", "x", 1, 0), ("a", "b", 2, 0), ("a", "b", 1, 1)]

        assert len({token_of(*view) for view in views}) == len(views)
        assert token_of("a", "b", 1, 0) == token_of("a", "b", 1, 0)
