from typing import Any

import pytest

from satark.sandesh.generator import Generator
from satark.sandesh.generator.acknowledging import Acknowledgement
from satark.sandesh.generator.builtin.queue import with_mark
from satark.sandesh.generator.messages import alarms as a
from satark.sandesh.generator.messages import requests as m
from satark.sandesh.generator.messages import sending as s
from satark.sandesh.generator.messages import traces as t
from satark.sandesh.generator.requests import Asked, RefusedError
from satark.sandesh.session.levels import Mark
from satark.sandesh.types import I64, STRING, Level, Message
from tests.unit.sandesh.generator.statistics.programs import optional, uve_of
from tests.unit.sandesh.probe import ProbeSystemLog

Load = uve_of(
    optional(1, "x", I64, hidden="yes"),
    optional(2, "sum", I64, stats="0-x:DSSum:"),
    optional(3, "minute", I64, stats="x:DSSum:"),
    period=30,
    timeout=2,
)


@pytest.fixture
def generator() -> Generator:
    """A generator that was never started: requests over HTTP need no session."""
    return Generator("probe", "host", messages=[Load], http_port=8080)


async def answers(generator: Generator, request: Message, *, over_http: bool = True) -> list[Any]:
    """The answer, message by message."""
    return [each async for each in generator.handlers.answers(request, Asked("c", over_http=over_http))]


async def answer(generator: Generator, request: Message) -> Any:
    """An answer of one message."""
    (one,) = await answers(generator, request)
    return one


async def test_every_request_has_an_answer(generator: Generator) -> None:
    """Each request of clause 5.5 is answered, whatever it asks."""
    names = set()
    for module in (m, s, t, a):
        for class_ in module.registry.MESSAGES.values():
            if class_.__sandesh__.kind.value == "request":
                names.add(class_.__sandesh__.name)
                try:
                    assert await answers(generator, class_())
                except RefusedError as error:
                    assert "needed" in str(error)  # noqa: PT017 - some are refused

    assert 22 == len(names)


class TestUves:
    async def test_types(self, generator: Generator) -> None:
        """A type is listed from its declaration on, with its period, its timeout and its arguments."""
        before = (await answer(generator, m.SandeshUVETypesReq())).type_info
        generator.send(Load(data=Load.Data(name="a", x=1)))
        after = (await answer(generator, m.SandeshUVETypesReq())).type_info

        assert [("Thing", 0, 30, 2)] == [(e.type_name, e.seq_num, e.period, e.timeout) for e in before]
        assert [("Thing", 1, {"sum": "", "minute": ""})] == [(e.type_name, e.seq_num, e.dsconf) for e in after]

    async def test_cache(self, generator: Generator) -> None:
        """People see UVEs with their hidden fields and results, and how many there are."""
        for name in ("a", "b"):
            generator.send(Load(data=Load.Data(name=name, x=4)))
        everything = await answers(generator, m.SandeshUVECacheReq(tname="Thing"))
        one, count = await answers(generator, m.SandeshUVECacheReq(tname="Thing", key="ObjectThing:b"))

        assert [("a", 4, 4), ("b", 4, 4)] == [(e.data.name, e.data.x, e.data.sum) for e in everything[:2]]
        assert ("b", 1, 30) == (one.data.name, count.returned, count.period)

    async def test_cache_of_proxies(self, generator: Generator) -> None:
        """A UVE is asked for by all of its key; a type with a proxy's name is that proxy's."""
        shared = uve_of(optional(1, "port", I64, key="ObjectPort"), optional(2, "proxy", STRING), period=60)
        for port, proxy in ((1, None), (1, "p"), (2, "p")):
            generator.send(shared(data=shared.Data(name="a", port=port, proxy=proxy)))
        asked = [("Thing", None), ("Thing", "ObjectThing:a:1"), ("Thing-p", None), ("Thing-p", "ObjectThing:a:2")]
        told = [await answers(generator, m.SandeshUVECacheReq(tname=name, key=key)) for name, key in asked]

        assert [3, 2, 2, 1] == [each[-1].returned for each in told]
        assert [60, 60, 60, 60] == [each[-1].period for each in told]
        assert [(1, "p"), (2, "p")] == [(each.data.port, each.data.proxy) for each in told[2][:-1]]

    async def test_cache_for_a_collector(self, generator: Generator) -> None:
        """A collector gets them as frames of their own, without what is hidden."""
        generator.send(Load(data=Load.Data(name="a", x=4)))
        given = await answers(generator, m.SandeshUVECacheReq(tname="Thing"), over_http=False)
        (frame,) = generator.outbox.queue.batch()

        assert (1, 1) == (len(given), given[0].returned)
        assert (True, False) == (b">4</sum>" in frame.frame, b"<x " in frame.frame)

    async def test_argument(self, generator: Generator) -> None:
        """The argument of a derived statistic can be changed; what it is then is told."""
        good = await answer(generator, m.SandeshUVEDSConfReq(tname="Thing", dsattr="sum", dsconf="60"))

        assert (True, {"sum": "60", "minute": ""}) == (good.success, good.dsconf)

    @pytest.mark.parametrize(
        ("tname", "attribute", "argument"),
        [("Thing", "sum", "soon"), ("Thing", "x", ""), ("Other", "sum", ""), (None, None, None)],
    )
    async def test_wrong_argument(
        self, generator: Generator, tname: str | None, attribute: str | None, argument: str | None
    ) -> None:
        """What cannot be changed is refused without more words, as by the original."""
        request = m.SandeshUVEDSConfReq(tname=tname, dsattr=attribute, dsconf=argument)

        assert m.SandeshUVEDSConfResp(success=False, more=False) == await answer(generator, request)


class TestQueue:
    async def test_marks(self, generator: Generator) -> None:
        """The marks are those that the original was recorded telling."""
        info = (await answer(generator, s.SandeshSendQueueParamsStatus())).info

        assert [
            (True, 52428800, "SYS_UVE"),
            (True, 31457280, "SYS_EMERG"),
            (True, 20971520, "SYS_ERR"),
            (True, 1048576, "SYS_DEBUG"),
            (False, 36700160, "SYS_EMERG"),
            (False, 26214400, "SYS_ERR"),
            (False, 15728640, "SYS_DEBUG"),
            (False, 2048, "INVALID"),
        ] == [(each.high, each.queue_count, each.sending_level) for each in info]

    async def test_set_and_reset(self, generator: Generator) -> None:
        """A mark that is set counts for what is sent from then on; reset is as at the start."""
        before = (await answer(generator, s.SandeshSendQueueParamsStatus())).info
        request = s.SandeshSendQueueParamsSet(high=True, queue_count=100, sending_level="SYS_ERR")
        changed = (await answer(generator, request)).info
        generator.send(ProbeSystemLog(number=1))
        level = generator.outbox.queue.sending_level
        after = (await answer(generator, s.SandeshSendQueueParamsReset())).info

        assert s.SandeshSendQueueParams(high=True, queue_count=100, sending_level="SYS_ERR") in changed
        assert (8, 8, Level.SYS_ERR) == (len(before), len(changed), level)
        assert before == after

    @pytest.mark.parametrize(
        "fields", [{"high": True}, {"high": True, "queue_count": 1, "sending_level": "LOUD"}, {"sending_level": "X"}]
    )
    async def test_refused(self, generator: Generator, fields: dict[str, Any]) -> None:
        """Half a mark, or one of no level, is refused."""
        with pytest.raises(RefusedError, match=r"needed|no level 'LOUD'"):
            await answers(generator, s.SandeshSendQueueParamsSet(**fields))

    def test_with_mark(self) -> None:
        """There is at most one mark for each level and each size, in ascending order."""
        marks = (Mark(10, 7), Mark(20, 3))

        assert (Mark(10, 7), Mark(15, 3)) == with_mark(marks, Mark(15, 3))
        assert (Mark(10, 0), Mark(20, 3)) == with_mark(marks, Mark(10, 0))
        assert (Mark(5, 4), *marks) == with_mark(marks, Mark(5, 4))


class TestAlarms:
    async def test_cache(self, generator: Generator) -> None:
        """Alarms are found by table and name; their token points to introspect."""
        for raised_in, name in (("ObjectVRouter", "a1"), ("ObjectVRouter", "a2"), ("ObjectBgp", "b")):
            data = a.UVEAlarms(name=name, alarms=[a.UVEAlarmInfo(type="down", timestamp=17)])
            assert generator.send(a.AlarmTrace(data=data, table=raised_in)) is not None, "there is no session"
        types = (await answer(generator, a.SandeshAlarmTypesRequest())).type_info
        *table, count = await answers(generator, a.SandeshAlarmCacheRequest(table="ObjectVRouter"))
        one, _ = await answers(generator, a.SandeshAlarmCacheRequest(table="ObjectVRouter", name="a2"))

        assert ["ObjectBgp", "ObjectVRouter"] == [each.table for each in types]
        assert (["a1", "a2"], 2, "a2") == ([each.data.name for each in table], count.count, one.data.name)
        assert one.data.alarms[0].token

    async def test_acknowledge(self) -> None:
        """The program acknowledges, or says why not."""
        present = {"a1"}
        generator = Generator(
            "probe",
            "host",
            acknowledge_alarm=lambda request: (
                Acknowledgement.SUCCESS if request.name in present else Acknowledgement.NOT_PRESENT
            ),
        )
        requests = [a.SandeshAlarmAckRequest(table="t", name=name, type="down", timestamp=1) for name in ("a1", "zz")]
        good, bad = [await answer(generator, each) for each in requests]

        assert [(True, None), (False, "Alarm not present")] == [(e.status, e.error_msg) for e in (good, bad)]
