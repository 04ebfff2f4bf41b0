import logging

import pytest

from satark.sandesh.generator.locallog import Complaints, log_locally
from satark.sandesh.generator.logfiles import MESSAGES
from satark.sandesh.generator.outbox import Dropped
from satark.sandesh.generator.parameters import LoggingParams, SendingParams
from satark.sandesh.session.causes import TxCause
from satark.sandesh.types import Level
from tests.unit.sandesh.probe import ProbeSystemLog

RATE = Dropped(TxCause.RATE_LIMITED)


def test_message(caplog: pytest.LogCaptureFixture) -> None:
    """A message that is wanted is a line with its category and level; one that is not is none."""
    caplog.set_level(logging.DEBUG, MESSAGES)
    wanted = LoggingParams(enable=True, category="A")

    log_locally(wanted, ProbeSystemLog(text="x\ny", number=1), Level.SYS_WARN, "A")
    log_locally(wanted, ProbeSystemLog(text="other", number=2), Level.SYS_WARN, "B")

    (record,) = caplog.records
    assert logging.WARNING == record.levelno
    assert record.message.startswith("A [SYS_WARN]: ProbeSystemLog:")
    assert "\n" not in record.message


def test_limits_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """What a limit costs is told once for each message, and again when the limit was changed."""
    complaints, params = Complaints(), SendingParams(system_logs_rate_limit=0)
    for _ in range(5):
        complaints.note("A", RATE, params)
    complaints.note("B", RATE, params)
    complaints.note("A", RATE, SendingParams(system_logs_rate_limit=1))

    assert ["A", "B", "A"] == [record.message.partition(" ")[0] for record in caplog.records]


def test_what_is_invalid_is_told_every_time(caplog: pytest.LogCaptureFixture) -> None:
    """A mistake of the program is told with its reason; what waits for a session is not told at all."""
    complaints, params = Complaints(), SendingParams()
    for _ in range(2):
        complaints.note("A", Dropped(TxCause.VALIDATION_FAILED, "no table"), params)
    complaints.note("A", Dropped(TxCause.WRONG_STATE), params)

    assert ["A is not sent: no table"] * 2 == [record.message for record in caplog.records]
