from typing import Any

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.lifecycle import Answer
from satark.detector.uves.watch import Watch
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.messages import Level
from tests.unit.detector.alarms.worlds import condition, rule
from tests.unit.detector.uves.partitions import World, at, changes
from tests.unit.uve.say import scalar, told

NODE = "ObjectVRouter:node7"
TYPE = "default-global-system-config:test"


def load(value: str, number: int = 1, **changes_: Any) -> Any:
    """A node that says how loaded it is."""
    return told(entity=NODE, name="A", number=number, n=scalar(value, **changes_))


class TestAlarms:
    def test_live_with_the_object(self) -> None:
        """They are set and cleared by what is said, and shown in the object's state."""
        world = World(rules=(rule(),))
        world.say(load("9"))
        assert [TYPE] == [alarm["type"] for alarm in world.states[NODE]["alarms"]]
        world.say(load("1", 2), seconds=5)

        assert [("opened", "conditions_hold"), ("resolved", "conditions_over")] == changes(world.outputs)
        assert [] == world.states[NODE].get("alarms", [])
        assert (NODE, 5) == (world.outputs[1].incidents[0].entity, world.outputs[1].incidents[0].duration_s)  # type: ignore[union-attr] # resolved

    def test_each_message_is_looked_at(self) -> None:
        """What comes and goes within a batch is told, though the object's state is told once."""
        world = World(rules=(rule(),))

        output = world.say(load("9"), load("1", 2), load("9", 3))

        assert ["opened", "resolved", "opened"] == [what for what, _ in changes([output])]
        assert 1 == len(output.states)

    def test_of_an_object_that_is_gone_end(self) -> None:
        """The last share takes the alarm with it."""
        world = World(rules=(rule(),))
        world.say(load("9"))

        world.say(told(entity=NODE, name="A", number=2, deleted=True))

        assert ("resolved", "object_gone") == changes(world.outputs)[-1]
        assert {} == world.states

    def test_what_is_missing_is_looked_for_when_anything_comes(self) -> None:
        """A rule about a struct that is not there holds as soon as the object is."""
        world = World(rules=(rule([condition("B", "==", None)]),))

        assert [("opened", "conditions_hold")] == changes([world.say(load("1"))])

    def test_a_replay_tells_the_same(self) -> None:
        """Killed before anything was stored, it tells events with the same ids again."""
        world = World(rules=(rule(),))
        world.take(load("9"), seconds=3)
        first = world.write(3, rows=0)
        world.restart(60)
        again = world.say(load("9"), seconds=3)

        assert first.incidents == again.incidents

    def test_go_on_after_a_restart(self) -> None:
        """What was set stays so, and is not told again."""
        world = World(rules=(rule(),))
        world.say(load("9"))
        world.restart(10)

        world.say(load("8", 2), seconds=11)

        assert [("opened", "conditions_hold")] == changes(world.outputs)


class TestTime:
    def test_sets_what_soaks_at_its_time(self) -> None:
        """However late the look is; once."""
        world = World(rules=(rule(activate_after_s=30),))
        world.say(load("9"))
        for second in (29, 47, 48):
            world.partition.tick(at(second))
            world.write(second)

        assert [[], [], [at(30)], []] == [[event.time for event in output.incidents] for output in world.outputs]

    def test_goes_on_after_a_restart(self) -> None:
        """What soaked before the crash is set after it, in its time."""
        world = World(rules=(rule(activate_after_s=30),))
        world.say(load("9"))
        world.restart(20)
        world.partition.tick(at(31))

        assert [at(30)] == [event.time for event in world.write(31).incidents]


class TestAcknowledge:
    def test_until_the_next_change(self) -> None:
        """By the token of what was shown; the state says so."""
        world = World(rules=(rule(),))
        world.say(load("9"))
        token = world.states[NODE]["alarms"][0]["token"]

        def acknowledge(with_token: str) -> Answer:
            event = AlarmAcknowledged.of(entity=NODE, type=TYPE, token=with_token, by="a", time=at(1))
            return world.partition.acknowledge(event, at(1))

        assert (Answer.STALE, Answer.ACKNOWLEDGED) == (acknowledge("x"), acknowledge(token))
        world.write(1)
        assert world.states[NODE]["alarms"][0]["acknowledged"]
        assert {"UVEAlarms": ["alarms"]} == world.states[NODE]["changed"]
        assert Answer.ALREADY == acknowledge(token)


class TestHealth:
    def test_what_cannot_be_evaluated_is_a_message_and_no_alarm(self) -> None:
        """Once when it begins, and once when it is over."""
        world = World(rules=(rule(),))
        broken = told(entity=NODE, name="A", n=scalar("abc", "string"))
        world.say(broken)
        world.say(load("1", 2))

        assert [("ALARM_RULE_FAILS", Level.WARNING), ("ALARM_RULE_WORKS", Level.INFO)] == [
            (message.name, message.level) for output in world.outputs for message in output.messages
        ]
        assert [] == changes(world.outputs)


class TestReload:
    def test_looks_at_all_anew(self) -> None:
        """Rules that are new find what is there; those that are gone end their alarms."""
        world = World(rules=(rule(),))
        world.say(load("9"))
        world.partition.reload(AlarmEngine([rule(name="other", severity="critical")]), at(9))
        world.write(9)

        assert [("resolved", "rule_removed"), ("opened", "conditions_hold")] == changes(world.outputs)[1:]

    def test_ends_alarms_of_objects_that_are_not_there(self) -> None:
        """A row of alarms without its object, left by a crash, is no alarm for ever."""
        world = World(rules=(rule(),))
        world.say(load("9"))
        world.rows = {key: value for key, value in world.rows.items() if b'"alarms"' in key}
        world.restart(5)

        assert [("resolved", "object_gone")] == changes([world.write(5)])
        assert {} == world.rows


def test_due_times_stay_few() -> None:
    """Alarms that begin and end all day leave no heap of times behind."""
    world = World(rules=(rule(activate_after_s=30),))
    for number in range(1, 3_000):
        world.say(load("9" if number % 2 else "1", number), seconds=number / 100)

    assert isinstance(world.partition.watch, Watch)
    assert len(world.partition.watch._due) < 1_100
