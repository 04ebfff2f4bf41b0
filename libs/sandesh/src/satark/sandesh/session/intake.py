"""From frames to events: which message is negotiation, which is delivered, which is not (clauses 4.8, 6.8)."""

from satark.sandesh.session.causes import RxCause
from satark.sandesh.session.events import Broken, Event, HelloReceived, MessageReceived, ReplyReceived, Unwanted
from satark.sandesh.session.states import Role
from satark.sandesh.types import Level, SandeshType
from satark.sandesh.wire.control import REPLY, read_hello, read_reply
from satark.sandesh.wire.envelope import Envelope, open_frame
from satark.sandesh.wire.errors import BodyError, ControlError, SandeshError
from satark.sandesh.wire.frame import Frame
from satark.sandesh.wire.xml import Classes, decode

DROPPED_BY_LEVEL = frozenset((SandeshType.SYSTEM, SandeshType.OBJECT, SandeshType.FLOW, SandeshType.SESSION))
"""The types that an overloaded receiver drops by level; the others are state or were asked for."""


def event_of(frame: Frame, role: Role, classes: Classes, *, drop_level: int = Level.INVALID) -> Event:
    """What a frame means to a session. Never raises for what a peer can send.

    A server drops logs of `drop_level` and less grave ones, as the original does; a client takes only messages that
    are in `classes`, which are the requests it knows.
    """
    try:
        envelope = open_frame(frame)
        if envelope.header.is_control:
            return _negotiation(envelope, role)
        if role is Role.CLIENT and envelope.name not in classes:
            return _unknown(envelope)
        if role is Role.SERVER and envelope.header.type in DROPPED_BY_LEVEL and envelope.header.level >= drop_level:
            return Unwanted(envelope.name, envelope.length, RxCause.QUEUE_LEVEL)
        return _message(envelope, classes)
    except SandeshError as error:
        return Broken(error)


def _negotiation(envelope: Envelope, role: Role) -> Event:
    if role is Role.SERVER:
        return HelloReceived(read_hello(envelope))
    return ReplyReceived(read_reply(envelope))


def _unknown(envelope: Envelope) -> Event:
    """A request that this program does not have is counted; a reply that hides among the requests is no session."""
    if envelope.name == REPLY:
        raise ControlError(f"{REPLY} without the hint of a control message")
    return Unwanted(envelope.name, envelope.length, RxCause.CREATE_FAILED)


def _message(envelope: Envelope, classes: Classes) -> Event:
    try:
        return MessageReceived(decode(envelope, classes))
    except BodyError as error:
        return Unwanted(envelope.name, envelope.length, RxCause.DECODING_FAILED, str(error))
