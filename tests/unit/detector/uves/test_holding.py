from pathlib import Path

from satark.schemas import topics
from tests.unit.detector.judging.logs import Raw
from tests.unit.detector.uves.logs import Process, UveLog, records
from tests.unit.uve.say import scalar, share


async def test_what_cannot_be_read_is_kept_where_its_topic_has_dead_letters(tmp_path: Path) -> None:
    """A share that is none becomes a dead letter; a command that is none is passed over, for it has nowhere to go."""
    found = records([share(number=1, n=scalar("1"))])
    for topic in (topics.UVES, topics.ALARM_COMMANDS):
        found[1].append(Raw(1, len(found[1]), b"k", b"{", (), topic))
    log = UveLog(found)

    assert await Process(log, tmp_path).run()
    assert {f"{topics.UVES}.dlq"} == {topic for topic, _ in log.topics if topic.endswith(".dlq")}
    assert log.states()
