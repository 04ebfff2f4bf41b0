"""The syslog receiver: its sockets, and what is done with what they bring."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from satark.sandesh_gateway.receivers.allowlist import AllowList
from satark.sandesh_gateway.receivers.datagrams import Datagrams
from satark.sandesh_gateway.receivers.deliveries import Delivery, Frame
from satark.sandesh_gateway.receivers.intake import Gate, Intake
from satark.sandesh_gateway.receivers.limits import Connections, Rates
from satark.sandesh_gateway.receivers.protocol import Address, Deliver
from satark.sandesh_gateway.receivers.sockets import bound
from satark.sandesh_gateway.receivers.streams import Patience, Streams
from satark.sandesh_gateway.receivers.syslog.framing import Framing
from satark.sandesh_gateway.receivers.syslog.judging import judged
from satark.sandesh_gateway.receivers.syslog.settings import SyslogSettings
from satark.sandesh_gateway.receivers.syslog.translation import KIND

log = structlog.get_logger()


class SyslogReceiver:
    """Listens for syslog where the settings say."""

    name = KIND

    def __init__(self, settings: SyslogSettings) -> None:
        self._settings = settings
        self._zone = ZoneInfo(settings.syslog_timezone)
        self._trust = settings.trust
        self._addresses: Mapping[str, Sequence[Address]] = {}
        self._gate = Gate(
            allow=AllowList.of(settings.syslog_allow),
            connections=Connections(settings.syslog_max_connections, settings.syslog_max_connections_per_peer),
            rates=Rates(settings.syslog_rate_per_s, settings.syslog_burst),
        )

    @property
    def addresses(self) -> Mapping[str, Sequence[Address]]:
        """Where it listens, by transport (udp, tcp, tls); empty while it does not."""
        return self._addresses

    async def run(self, deliver: Deliver, stop: asyncio.Event) -> None:
        """Listen until `stop`; return when all that was taken in is delivered.

        Raises ReceiverCannotListenError, and whatever `deliver` raises.
        """
        with ExitStack() as stack:
            sockets = self._bound(stack)
            self._addresses = {
                transport: [sock.getsockname()[:2] for sock in each] for transport, each in sockets.items()
            }
            log.info("receiver_listening", receiver=self.name, addresses=self._addresses)
            try:
                async with asyncio.TaskGroup() as group:
                    for transport, each in sockets.items():
                        group.create_task(self._server(transport, deliver).serve(each, stop))
            finally:
                self._addresses = {}

    def _bound(self, stack: ExitStack) -> dict[str, list[socket.socket]]:
        kinds = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM, "tls": socket.SOCK_STREAM}
        return {
            transport: [
                sock
                for place in places
                for sock in bound(stack, place, kinds[transport], reuse_port=self._settings.syslog_reuse_port)
            ]
            for transport, places in self._settings.listening.items()
        }

    def _server(self, transport: str, deliver: Deliver) -> Datagrams | Streams:
        settings = self._settings
        intake = Intake(self.name, transport, self._gate, self._judged, deliver)
        if transport == "udp":
            return Datagrams(
                intake, max_line_bytes=settings.syslog_max_line_bytes, queue_bytes=settings.syslog_queue_bytes
            )
        return Streams(
            intake,
            framing=lambda: Framing(settings.syslog_max_line_bytes),
            patience=Patience(settings.syslog_idle_timeout_s, settings.syslog_line_timeout_s),
            tls=settings.tls_context() if transport == "tls" else None,
        )

    def _judged(self, frame: Frame, peer: str, now: datetime) -> Delivery:
        return judged(frame, peer=peer, now=now, zone=self._zone, trust=self._trust)
