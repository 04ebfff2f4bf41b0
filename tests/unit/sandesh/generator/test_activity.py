import inspect
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.activity import Activity, Messages, Traffic
from satark.sandesh.generator.messages.state import ModuleClientState, SandeshModuleClientTrace, SandeshSessionStats
from satark.sandesh.session import events as e
from satark.sandesh.session.causes import RxCause
from satark.sandesh.session.states import State
from satark.sandesh.wire.control import Reply
from satark.sandesh.wire.errors import FrameError
from satark.sandesh.wire.reader import decode_message
from tests.unit.sandesh.captures import frame_named

ANY: Any = None  # what an event carries is not looked at


def recorded() -> ModuleClientState:
    """What the C++ original was recorded telling of itself after 30 seconds."""
    body = frame_named("cpp/c2s/042_SandeshModuleClientTrace.bin").content
    message = decode_message(SandeshModuleClientTrace, body[body.index(b"</SandeshHeader>") + 16 :])
    assert message.data is not None
    return message.data


def busy() -> Activity:
    """The life of the original until then."""
    activity = Activity(last_state=State.ESTABLISHED)
    for event in (e.CollectorsChanged(()), e.Start(), e.Connected(1), e.ReplyReceived(Reply("c", accepted=True))):
        activity.happened(event, State.IDLE, 1)
    activity.sent(46, 1795235771676403)
    activity.messages.num_send_msg = 41
    activity.rx.bytes, activity.rx.calls = 2081, 2
    activity.tx.bytes, activity.tx.calls = 93507, 17
    return activity


def test_as_recorded() -> None:
    """Traffic, messages and events are told as the original told them."""
    activity, expected = busy(), recorded()

    assert expected.session_rx_socket_stats == activity.rx.stats()
    assert expected.session_tx_socket_stats == activity.tx.stats()
    assert expected.session_stats == activity.messages.stats()
    assert expected.sm_stats == activity.state_stats(State.ESTABLISHED, 1795235746696622)


def test_every_event_has_a_name() -> None:
    """Whatever happens to a session is counted, and their sum is that of all."""
    activity = Activity()
    classes: list[Any] = [each for _, each in inspect.getmembers(e, inspect.isclass) if each.__module__ == e.__name__]
    for each in classes:
        activity.happened(each(*[ANY] * len(inspect.signature(each).parameters)), State.IDLE, 1)
    stats = activity.state_stats(State.IDLE, 0).ev_stats or []

    assert len(classes) == 14 == (stats[-1].enqueues or 0)
    assert ("", sum(each.enqueues or 0 for each in stats[:-1])) == (stats[-1].event, stats[-1].dequeues)
    assert all((each.event or "").startswith("scm::Ev") for each in stats[:-1])


@pytest.mark.parametrize(
    ("state", "name"), [(State.IDLE, "scm::EvIdleHoldTimerExpired"), (State.CONNECT, "scm::EvConnectTimerExpired")]
)
def test_timers(state: State, name: str) -> None:
    """Which timer has run out is known by the state."""
    activity = Activity()
    activity.happened(e.TimerExpired(), state, 7)

    assert ({name: 1}, name, 7) == (dict(activity.events), activity.last_event, activity.last_event_us)


def test_messages() -> None:
    """What came, what was not wanted, and what could not be read is counted apart."""
    activity = Activity()
    wrong = e.Unwanted("X", 3, RxCause.CREATE_FAILED)
    for event in (e.MessageReceived(ANY), e.MessageReceived(ANY), wrong, e.Broken(FrameError("no frame"))):
        activity.happened(event, State.ESTABLISHED, 1)
    activity.send_failed()

    assert (
        Messages(num_recv_msg=2, num_recv_msg_fail=1, num_recv_fail=1, num_send_msg_fail=1),
        (1, 1),
    ) == (activity.messages, (activity.rx.errors, activity.tx.errors))


def test_new_connection() -> None:
    """A new connection begins without traffic; events go on."""
    activity = busy()
    activity.held_up(3, 1.5)
    events = activity.events.total()
    activity.happened(e.Connected(2), State.CONNECT, 1)

    assert (Traffic(), Traffic(), Messages()) == (activity.rx, activity.tx, activity.messages)
    assert events + 1 == activity.events.total()


@pytest.mark.parametrize(
    ("waits", "total", "mean"),
    [
        ([], "00:00:00", ""),
        ([1, 2], "00:00:03", "00:00:01.500000"),
        ([0.25], "00:00:00.250000", "00:00:00.250000"),
        ([90_061], "25:01:01", "25:01:01"),
    ],
)
def test_waits(waits: list[float], total: str, mean: str) -> None:
    """How long the collector kept it waiting is told as the original writes durations."""
    activity = Activity()
    for each in waits:
        activity.held_up(2, each)
    stats = activity.tx.stats()

    assert (total, mean, len(waits)) == (stats.blocked_duration, stats.average_blocked_duration, stats.blocked_count)
    assert 2 * len(waits) == activity.messages.num_wait_msgq_enqueue == activity.messages.num_wait_msgq_dequeue


@given(st.lists(st.integers(0, 10**6)))
def test_traffic(sizes: list[int]) -> None:
    """Bytes and calls add up."""
    traffic = Traffic()
    for each in sizes:
        traffic.moved(each)
    stats = traffic.stats()

    assert (sum(sizes), len(sizes)) == (stats.bytes, stats.calls)
    assert (sum(sizes) // len(sizes) if sizes else 0) == stats.average_bytes


def test_messages_are_those_of_the_wire() -> None:
    """Nothing is counted under a name that the wire lacks."""
    assert [each.name for each in SandeshSessionStats.__sandesh__.fields] == [each.name for each in fields(Messages)]
