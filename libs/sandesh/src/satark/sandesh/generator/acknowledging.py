"""Acknowledging alarms: the token that says where, and what a program makes of a request (clause 5.5). Pure."""

import base64
import inspect
import json
import logging
from collections.abc import Awaitable, Callable
from copy import copy
from enum import Enum
from typing import TypeAlias

from satark.sandesh.generator.messages.alarms import (
    AlarmTrace,
    SandeshAlarmAckRequest,
    SandeshAlarmAckResponse,
    UVEAlarmInfo,
)
from satark.sandesh.types import Message

_log = logging.getLogger(__name__)


class Acknowledgement(Enum):
    """What became of a request; the value is the text that its sender gets."""

    SUCCESS = ""
    NOT_REGISTERED = "Could not process Alarm Ack request"
    NOT_PRESENT = "Alarm not present"
    INVALID = "Invalid Alarm Ack request"
    FAILED = "Alarm Ack processing failed due to unknown error"


Acknowledge: TypeAlias = Callable[[SandeshAlarmAckRequest], Acknowledgement | Awaitable[Acknowledgement]]
"""Where a program acknowledges its alarms; it sends the alarm again, with `ack` set."""


async def acknowledged(request: SandeshAlarmAckRequest, acknowledge: Acknowledge | None) -> SandeshAlarmAckResponse:
    """The answer to a request; a program that fails at it is told of in the log."""
    if acknowledge is None:
        return _response(Acknowledgement.NOT_REGISTERED)
    if not (request.table and request.name and request.type) or request.timestamp is None:
        return _response(Acknowledgement.INVALID)
    try:
        found = acknowledge(request)
        return _response(await found if inspect.isawaitable(found) else found)
    except Exception:  # noqa: BLE001 - the program's mistake is this request's only
        _log.exception("the alarm %s of %s:%s was not acknowledged", request.type, request.table, request.name)
        return _response(Acknowledgement.FAILED)


def _response(outcome: Acknowledgement) -> SandeshAlarmAckResponse:
    if outcome is Acknowledgement.SUCCESS:
        return SandeshAlarmAckResponse(status=True)
    return SandeshAlarmAckResponse(status=False, error_msg=outcome.value)


def token(host: str, http_port: int, timestamp_us: int) -> str:
    """Where to acknowledge an alarm of that time: the base64 of a JSON object, as the Python original writes it."""
    where = {"host_ip": host, "http_port": http_port, "timestamp": timestamp_us}
    return base64.b64encode(json.dumps(where).encode()).decode()


def with_tokens(message: Message, host: str, http_port: int) -> Message:
    """A message with the tokens of its alarms filled in; any other one, and tokens that are there, stay as they are."""
    data = message.data if isinstance(message, AlarmTrace) else None
    if data is None or not data.alarms:
        return message
    changed = copy(data)
    changed.alarms = [_with_token(each, host, http_port) for each in data.alarms]
    return AlarmTrace(data=changed, table=message.table)  # type: ignore[attr-defined]


def _with_token(alarm: UVEAlarmInfo, host: str, http_port: int) -> UVEAlarmInfo:
    if alarm.token is not None or alarm.timestamp is None:
        return alarm
    changed = copy(alarm)
    changed.token = token(host, http_port, alarm.timestamp)
    return changed
