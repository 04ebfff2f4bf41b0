"""Streams on a real socket."""

import socket

import httpx2
from prometheus_client import REGISTRY

from satark.analytics.streams.response import Pace
from satark.schemas import topics
from tests.integration.analytics.live import heard, listening
from tests.support.waiting import eventually
from tests.unit.analytics.mirror.records import G1, VN, alarm, number, record, state, text, uve_of, without_state
from tests.unit.analytics.routes.serving import serving
from tests.unit.analytics.streams.reading import Event

ONE, TWO = [uve_of({("Vn", G1): {"x": number(at)}}) for at in (1, 2)]
INCIDENT = b'{"event":"opened","incident":"i1","entity":"wan-link/a","kind":"wan-link","severity":"warning"}'


def dropped(stream: str) -> float:
    """How many streams were ended because their readers were too slow."""
    return REGISTRY.get_sample_value("satark_analytics_streams_dropped_total", {"stream": stream}) or 0.0


def streams_open(stream: str) -> float:
    """How many streams are open."""
    return REGISTRY.get_sample_value("satark_analytics_streams", {"stream": stream}) or 0.0


class TestStreams:
    async def test_what_there_is_and_what_changes(self) -> None:
        """`init`, the dump and its end, then changes as they happen; `stop` when the server ends."""
        found = serving([state(VN, ONE)])

        async with listening(found) as server, heard(f"{server.url}/analytics/uve-stream") as stream:
            await stream.until(1, "end-of-dump")
            found.take(state(VN, TWO), without_state(VN))
            events = [event.name for event in await stream.until(3)]
            found.hub.close()
            await eventually(lambda: stream.ended, what="the end of the stream")

        assert ["init", "update", "end-of-dump", "update", "update"] == events
        assert "stop" == stream.listener.names()[-1]
        assert ("text/event-stream; charset=utf-8", "no-cache") == (
            stream.headers["content-type"],
            stream.headers["cache-control"],
        )

    async def test_a_cut_loses_nothing(self) -> None:
        """Who comes back with the last id hears what happened meanwhile, and nothing twice."""
        found = serving([state(VN, ONE)])

        async with listening(found) as server:
            async with heard(f"{server.url}/v1/stream/uves") as stream:
                await stream.until(1, "end-of-dump")
            found.take(state(VN, TWO), state("ObjectVNTable:new", ONE))
            async with heard(f"{server.url}/v1/stream/uves", stream.listener.last_id) as again:
                events = await again.until(2)

        assert Event("resumed", {"resumed": True}) == events[0]
        assert [(VN, "e1-2"), ("ObjectVNTable:new", "e1-3")] == [(event.data["key"], event.id) for event in events[1:]]

    async def test_alarms_and_incidents(self) -> None:
        """Each stream tells its own."""
        found = serving([state(VN, ONE, [alarm()]), record(topics.ANOMALIES, b"k", INCIDENT)])

        async with (
            listening(found) as server,
            heard(f"{server.url}/analytics/alarm-stream") as alarms,
            heard(f"{server.url}/v1/stream/alarms?kfilt=none") as none,
            heard(f"{server.url}/v1/stream/incidents?severity=warning") as incidents,
        ):
            for stream in (alarms, none, incidents):
                await stream.until(1, "end-of-dump")

        told = [
            [event.data for event in stream.listener.events if event.name == "update"]
            for stream in (alarms, none, incidents)
        ]
        assert ["UVEAlarms"] == [each["type"] for each in told[0]]
        assert ([], ["i1"]) == (told[1], [each["incident"] for each in told[2]])

    async def test_silence_is_filled(self) -> None:
        """A comment now and then, with the place of the reader."""
        found = serving([state(VN, ONE)], pace=Pace(heartbeat_s=0.05))

        async with listening(found) as server, heard(f"{server.url}/v1/stream/uves?kfilt=none") as stream:
            await stream.until(1, "end-of-dump")
            found.take(state(VN, TWO))
            await eventually(lambda: stream.listener.last_id == "e1-2", what="a heartbeat with the new place")

        assert "heartbeat" in stream.listener.comments

    async def test_a_head_is_no_stream(self) -> None:
        """It is answered at once."""
        response = await serving().ask("/v1/stream/uves", method="HEAD")

        assert (200, b"") == (response.status_code, response.content)

    async def test_there_is_an_end_to_how_many(self) -> None:
        """One too many is refused, and told when to come again; one that leaves makes room."""
        found = serving(pace=Pace(most=1, heartbeat_s=0.05))

        async with listening(found) as server:
            async with heard(f"{server.url}/v1/stream/uves") as stream:
                await stream.until(1, "end-of-dump")
                async with httpx2.AsyncClient() as client:
                    refused = await client.get(f"{server.url}/v1/stream/alarms")
            await eventually(lambda: not streams_open("uves"), what="the first to have left")
            async with heard(f"{server.url}/v1/stream/uves") as second:
                await second.until(1, "end-of-dump")

        assert (503, "30") == (refused.status_code, refused.headers["retry-after"])

    async def test_who_takes_nothing_is_left_alone(self) -> None:
        """A reader that does not read costs no memory but what is on its way, is given up and counted."""
        large = uve_of({("Vn", G1): {"t": text("x" * 500_000)}})
        found = serving(
            [state(f"ObjectVNTable:vn{at}", large) for at in range(40)], pace=Pace(heartbeat_s=0.05, patience_s=0.3)
        )
        before = dropped("uves")

        async with listening(found) as server:
            with socket.socket() as silent:
                silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                silent.connect(("127.0.0.1", server.port))
                silent.sendall(b"GET /v1/stream/uves HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                await eventually(lambda: dropped("uves") > before, 20.0, what="the reader to be given up")

        assert before + 1 == dropped("uves")
