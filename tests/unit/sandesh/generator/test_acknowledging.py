import base64
import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.acknowledging import Acknowledgement, acknowledged, token, with_tokens
from satark.sandesh.generator.messages.alarms import (
    AlarmTrace,
    SandeshAlarmAckRequest,
    SandeshAlarmAckResponse,
    UVEAlarmInfo,
    UVEAlarms,
)
from tests.unit.sandesh.probe import ProbeSystemLog

REQUEST = SandeshAlarmAckRequest(table="ObjectVRouter", name="a1", type="down", timestamp=17)


def alarm(**fields: Any) -> AlarmTrace:
    """An alarm message with one alarm."""
    return AlarmTrace(data=UVEAlarms(name="a1", alarms=[UVEAlarmInfo(type="down", **fields)]), table="ObjectVRouter")


class TestToken:
    def test_as_recorded(self) -> None:
        """It is, byte for byte, what the Python original was recorded sending."""
        recorded = (
            "eyJob3N0X2lwIjogIjEwLjEuMi4zIiwgImh0dHBfcG9ydCI6IDM3MDU3LCAidGltZXN0YW1wIjogMTcwMDAwMDAwMDAwMDAwMH0="
        )

        assert recorded == token("10.1.2.3", 37057, 1700000000000000)

    @given(st.text(), st.integers(0, 65535), st.integers(0, 2**63))
    def test_can_be_read(self, host: str, port: int, timestamp_us: int) -> None:
        """Whoever has it can read where to acknowledge."""
        where = json.loads(base64.b64decode(token(host, port, timestamp_us)))

        assert {"host_ip": host, "http_port": port, "timestamp": timestamp_us} == where

    def test_is_filled_in(self) -> None:
        """Alarms get it when they are sent; the program's own objects stay as they are."""
        mine = alarm(timestamp=5)
        sent: Any = with_tokens(mine, "h", 80)

        assert token("h", 80, 5) == sent.data.alarms[0].token
        assert (None, "ObjectVRouter") == (mine.data.alarms[0].token, sent.table)  # type: ignore[union-attr, index]

    @pytest.mark.parametrize(
        "message", [ProbeSystemLog(number=1), AlarmTrace(data=UVEAlarms(name="a1", deleted=True)), AlarmTrace()]
    )
    def test_other_messages(self, message: Any) -> None:
        """What has no alarms is left alone."""
        assert message is with_tokens(message, "h", 80)

    @pytest.mark.parametrize("fields", [{"timestamp": 5, "token": "mine"}, {}])
    def test_is_kept(self, fields: dict[str, Any]) -> None:
        """A token of the program's own is kept, and without a time there is none."""
        sent: Any = with_tokens(alarm(**fields), "h", 80)

        assert fields.get("token") == sent.data.alarms[0].token


class TestAcknowledged:
    async def test_success(self) -> None:
        """The program is given the request, and may take its time."""
        seen = []

        async def acknowledge(request: SandeshAlarmAckRequest) -> Acknowledgement:
            seen.append(request)
            return Acknowledgement.SUCCESS

        assert SandeshAlarmAckResponse(status=True) == await acknowledged(REQUEST, acknowledge)
        assert [REQUEST] == seen

    @pytest.mark.parametrize("outcome", [each for each in Acknowledgement if each is not Acknowledgement.SUCCESS])
    async def test_refused(self, outcome: Acknowledgement) -> None:
        """Why it is not acknowledged is told in the originals' words."""
        answer = await acknowledged(REQUEST, lambda _: outcome)

        assert (False, outcome.value) == (answer.status, answer.error_msg)

    async def test_nobody(self) -> None:
        """A program that acknowledges nothing says so."""
        assert Acknowledgement.NOT_REGISTERED.value == (await acknowledged(REQUEST, None)).error_msg

    async def test_incomplete(self) -> None:
        """A request without all of its fields is invalid, and not given to the program."""
        answer = await acknowledged(SandeshAlarmAckRequest(table="t"), lambda _: Acknowledgement.SUCCESS)

        assert Acknowledgement.INVALID.value == answer.error_msg

    async def test_failure(self, caplog: pytest.LogCaptureFixture) -> None:
        """A program that fails at it is told of in the log; the answer says no more than that."""

        def fail(_: SandeshAlarmAckRequest) -> Acknowledgement:
            raise RuntimeError("secret")

        with caplog.at_level(logging.ERROR):
            answer = await acknowledged(REQUEST, fail)

        assert Acknowledgement.FAILED.value == answer.error_msg
        assert "ObjectVRouter:a1 was not acknowledged" in caplog.text
