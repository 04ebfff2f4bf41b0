"""The syslog receivers' part of the gateway's settings: SATARK_GATEWAY_SYSLOG_*."""

import ssl
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from satark.runtime.groups import split_address
from satark.sandesh_gateway.receivers.allowlist import AllowList
from satark.sandesh_gateway.receivers.protocol import Address
from satark.sandesh_gateway.receivers.syslog.tls import server_context
from satark.sandesh_gateway.receivers.syslog.translation import Trust


class SyslogSettings(Struct, frozen=True, kw_only=True):
    """Where to listen for syslog, whom to believe, and how much to take. The gateway's settings inherit it."""

    syslog_udp_listen: Annotated[
        tuple[str, ...], Meta(description="host:port to take syslog datagrams on (RFC 5426); none by default.")
    ] = ()
    syslog_tcp_listen: Annotated[
        tuple[str, ...], Meta(description="host:port to take syslog over TCP on (RFC 6587); none by default.")
    ] = ()
    syslog_tls_listen: Annotated[
        tuple[str, ...], Meta(description="host:port to take syslog over TLS on (RFC 5425); none by default.")
    ] = ()
    syslog_allow: Annotated[
        tuple[str, ...], Meta(description="Networks (CIDR) whose hosts may send syslog; all others are refused.")
    ] = ("127.0.0.0/8", "::1/128")
    syslog_timezone: Annotated[str, Meta(description="Zone of times that name none (RFC 3164), as in tzdata.")] = "UTC"
    syslog_max_line_bytes: Annotated[
        int, Meta(description="Longest line; a longer one is dead-lettered with its head.", ge=480, le=32_768)
    ] = 8_192
    syslog_max_connections: Annotated[int, Meta(description="Connections over TCP and TLS together.", ge=1)] = 1_024
    syslog_max_connections_per_peer: Annotated[int, Meta(description="Connections of one address.", ge=1)] = 32
    syslog_rate_per_s: Annotated[
        float, Meta(description="Lines a second of one address, for long; 0 sets no limit.", ge=0)
    ] = 1_000.0
    syslog_burst: Annotated[int, Meta(description="Lines of one address at once, before the rate counts.", ge=1)] = (
        10_000
    )
    syslog_queue_bytes: Annotated[
        int, Meta(description="Bytes of datagrams that wait for Kafka, for each process.", ge=65_536)
    ] = 16_777_216
    syslog_idle_timeout_s: Annotated[
        float, Meta(description="Seconds without a byte until a connection is closed.", gt=0)
    ] = 3_600.0
    syslog_line_timeout_s: Annotated[float, Meta(description="Seconds a line may take to arrive.", gt=0)] = 60.0
    syslog_max_ahead_s: Annotated[
        float, Meta(description="How far a sender's clock may be ahead; beyond, the time of reception counts.", ge=0)
    ] = 300.0
    syslog_max_age_s: Annotated[
        float, Meta(description="How old a line may say to be; beyond, the time of reception counts.", gt=0)
    ] = 604_800.0
    syslog_reuse_port: Annotated[
        bool, Meta(description="Share the ports with other gateway processes on this host (SO_REUSEPORT).")
    ] = False
    syslog_tls_cert_file: Annotated[Path | None, Meta(description="PEM file of the server's certificate chain.")] = None
    syslog_tls_key_file: Annotated[Path | None, Meta(description="PEM file of the server's key.")] = None
    syslog_tls_ca_file: Annotated[
        Path | None, Meta(description="PEM file of the CA that signed the senders' certificates.")
    ] = None
    syslog_tls_clients: Annotated[
        Literal["required", "optional", "ignored"],
        Meta(description="Senders' certificates: required, optional or ignored."),
    ] = "required"

    @property
    def trust(self) -> Trust:
        """How far senders' clocks are believed."""
        return Trust(timedelta(seconds=self.syslog_max_ahead_s), timedelta(seconds=self.syslog_max_age_s))

    @property
    def listening(self) -> dict[str, tuple[Address, ...]]:
        """Where to listen, by transport; a transport that is not wanted is left out."""
        texts = {"udp": self.syslog_udp_listen, "tcp": self.syslog_tcp_listen, "tls": self.syslog_tls_listen}
        return {name: tuple(_address(text) for text in each) for name, each in texts.items() if each}

    def tls_context(self) -> ssl.SSLContext:
        """Return the TLS context of the server.

        Raises OSError for files that cannot be used.
        """
        return server_context(
            self.syslog_tls_cert_file, self.syslog_tls_key_file, self.syslog_tls_ca_file, self.syslog_tls_clients
        )

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        return syslog_mistakes(self)


def syslog_mistakes(settings: SyslogSettings) -> Iterable[str]:
    """Return what contradicts itself, for settings that inherit these and have mistakes of their own."""
    for name in ("UDP", "TCP", "TLS"):
        for text in getattr(settings, f"syslog_{name.lower()}_listen"):
            host, port = split_address(text)
            if not host or port is None:
                yield f"SYSLOG_{name}_LISTEN: {text!r} is not host:port"
    try:
        AllowList.of(settings.syslog_allow)
    except ValueError as error:
        yield f"SYSLOG_ALLOW: {error}"
    try:
        ZoneInfo(settings.syslog_timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"SYSLOG_TIMEZONE: {settings.syslog_timezone!r} is no time zone of tzdata"
    if settings.syslog_tls_listen:
        yield from _tls_mistakes(settings)


def _tls_mistakes(settings: SyslogSettings) -> Iterable[str]:
    if not (settings.syslog_tls_cert_file and settings.syslog_tls_key_file):
        yield "SYSLOG_TLS_LISTEN needs SYSLOG_TLS_CERT_FILE and SYSLOG_TLS_KEY_FILE"
    elif settings.syslog_tls_clients != "ignored" and not settings.syslog_tls_ca_file:
        yield f"SYSLOG_TLS_CLIENTS {settings.syslog_tls_clients} needs SYSLOG_TLS_CA_FILE"
    else:
        try:
            settings.tls_context()
        except OSError as error:
            yield f"SYSLOG_TLS_*_FILE: {getattr(error, 'reason', None) or error.strerror or error}"


def _address(text: str) -> Address:
    host, port = split_address(text)
    return host, port or 0
