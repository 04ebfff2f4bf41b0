"""The gateway's settings: SATARK_GATEWAY_*."""

import os
import socket
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from satark.runtime.groups import split_address
from satark.runtime.tls import client_context, tls_mistakes
from satark.sandesh_gateway.receivers.syslog.settings import SyslogSettings
from satark.sandesh_gateway.server.limits import Limits

MIB = 1024 * 1024
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where everybody may connect, so may we


class GatewaySettings(SyslogSettings, frozen=True, kw_only=True):
    """Where daemons connect, how much is taken from them, and how gateways share the work."""

    listen: Annotated[
        str | None, Meta(description="Address for Sandesh over TCP, host:port; `none` for TLS alone.")
    ] = "0.0.0.0:8086"
    tls_listen: Annotated[str | None, Meta(description="Address for Sandesh over TLS, host:port.")] = None
    tls_ca_file: Annotated[
        Path | None, Meta(description="PEM file of the CA that signed the daemons' certificates.")
    ] = None
    tls_cert_file: Annotated[Path | None, Meta(description="PEM file of the gateway's certificate.")] = None
    tls_key_file: Annotated[Path | None, Meta(description="PEM file of the gateway's key.")] = None
    tls_client_certificates: Annotated[
        Literal["required", "optional"],
        Meta(description="Whether a daemon must have a certificate; one that it has is verified in any case."),
    ] = "required"
    port_file: Annotated[
        Path | None, Meta(description="File to write the bound port to, that for TCP if there are two.")
    ] = None
    reuse_port: Annotated[
        bool, Meta(description="Let several gateway processes listen on one port (SO_REUSEPORT).")
    ] = False
    name: Annotated[
        str | None, Meta(description="The gateway's name, one for each process; host and process id when not given.")
    ] = None
    collision: Annotated[
        Literal["same-host", "newest"],
        Meta(description="Who may take over the name of a connected daemon: its own host alone, or anybody."),
    ] = "same-host"
    resume_s: Annotated[
        float,
        Meta(description="A daemon that is back within so long resumes its session; longer keeps dead ones.", ge=0),
    ] = 0.8
    max_connections: Annotated[int, Meta(description="Connections at one time.", ge=1)] = 10_000
    max_connections_per_host: Annotated[int, Meta(description="Connections of one address at one time.", ge=1)] = 1_000
    max_frame_bytes: Annotated[int, Meta(description="The longest message that is taken.", ge=64 * 1024)] = 8 * MIB
    pending_bytes_per_generator: Annotated[
        int, Meta(description="What may wait for Kafka of one daemon before its socket is no longer read.", ge=MIB)
    ] = 8 * MIB
    pending_bytes: Annotated[
        int, Meta(description="What may wait for Kafka of all daemons together before no socket is read.", ge=MIB)
    ] = 256 * MIB
    hello_timeout_s: Annotated[float, Meta(description="How long a connection may say nothing useful.", gt=0)] = 30.0
    frame_timeout_s: Annotated[float, Meta(description="How long one message may take to come.", gt=0)] = 60.0
    lease_s: Annotated[
        float, Meta(description="A gateway that is silent for so long is dead, and its daemons' state withdrawn.", gt=0)
    ] = 15.0
    statistics_interval_s: Annotated[
        int, Meta(description="The interval that a statistic's sample is said to cover.", gt=0)
    ] = 60
    status_interval_s: Annotated[
        float, Meta(description="How often the gateway tells its own state as UVEs.", gt=0)
    ] = 60.0
    introspect_listen: Annotated[
        str | None, Meta(description="Address of the gateway's own introspect pages, host:port, or `none`.")
    ] = "127.0.0.1:8089"

    @property
    def process_name(self) -> str:
        """The gateway's name."""
        return self.name or f"{socket.gethostname()}/{os.getpid()}"

    @property
    def addresses(self) -> dict[str, tuple[str, int]]:
        """Where to listen, by transport: `tcp` and `tls`."""
        wanted = {"tcp": self.listen, "tls": self.tls_listen}
        return {name: address_of(text) for name, text in wanted.items() if text is not None and not is_off(text)}

    @property
    def introspect_address(self) -> tuple[str, int] | None:
        """Where the introspect pages are."""
        text = self.introspect_listen
        return None if text is None or is_off(text) else address_of(text)

    @property
    def limits(self) -> Limits:
        """What is taken from all peers together."""
        return Limits(
            max_connections=self.max_connections,
            max_connections_per_host=self.max_connections_per_host,
            max_frame_bytes=self.max_frame_bytes,
            pending_bytes_per_generator=self.pending_bytes_per_generator,
            pending_bytes=self.pending_bytes,
            hello_timeout_s=self.hello_timeout_s,
            frame_timeout_s=self.frame_timeout_s,
        )

    def tls_context(self) -> ssl.SSLContext:
        """Return the context of the TLS address. Raises OSError for files that cannot be used."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=_text(self.tls_ca_file))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        required = self.tls_client_certificates == "required"
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        if self.tls_ca_file is None:
            context.verify_mode = ssl.CERT_NONE
        context.load_cert_chain(_text(self.tls_cert_file) or "", _text(self.tls_key_file), password="")
        return context

    def own_address(self, ports: Mapping[str, int]) -> tuple[str, ssl.SSLContext | None]:
        """Return where the gateway's own generator connects, and its TLS context: over TCP where that is listened on."""
        transport = "tcp" if "tcp" in ports else "tls"
        host, _ = self.addresses[transport]
        host = LOOPBACK.get(host, host)
        address = f"[{host}]:{ports[transport]}" if ":" in host else f"{host}:{ports[transport]}"
        if transport == "tcp":
            return address, None
        context = client_context(self.tls_ca_file, self.tls_cert_file, self.tls_key_file)
        # It is this process, or another of these settings, that answers: whose CA signed its certificate does not matter.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return address, context

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        yield from SyslogSettings.mistakes(self)
        addresses = {"LISTEN": self.listen, "TLS_LISTEN": self.tls_listen, "INTROSPECT_LISTEN": self.introspect_listen}
        for variable, address in addresses.items():
            if is_off(address):
                continue
            host, port = split_address(address or "")
            if not host or port is None:
                yield f"{variable}: {address!r} is not host:port"
        if is_off(self.listen) and is_off(self.tls_listen):
            yield "LISTEN and TLS_LISTEN are both off: no daemon could connect"
        yield from self._tls_mistakes()

    def _tls_mistakes(self) -> Iterable[str]:
        files = (self.tls_ca_file, self.tls_cert_file, self.tls_key_file)
        if is_off(self.tls_listen):
            if any(files):
                yield "TLS_CA_FILE, TLS_CERT_FILE and TLS_KEY_FILE have no use without TLS_LISTEN"
        elif not (self.tls_cert_file and self.tls_key_file):
            yield "TLS_LISTEN needs TLS_CERT_FILE and TLS_KEY_FILE"
        elif not self.tls_ca_file and self.tls_client_certificates == "required":
            yield "TLS_CA_FILE is needed to verify the daemons' certificates"
        else:
            yield from (f"TLS_{mistake}" for mistake in tls_mistakes(*files))


def address_of(text: str) -> tuple[str, int]:
    """Return host and port of a checked address."""
    host, port = split_address(text)
    return host, port or 0


def _text(path: Path | None) -> str | None:
    return str(path) if path else None


def is_off(address: str | None) -> bool:
    """Return whether an address says that there is none."""
    return address is None or address in {"", "none"}
