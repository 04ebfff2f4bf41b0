"""The groups of settings that all services share: SATARK_KAFKA_*, SATARK_LOG_*, SATARK_OPS_*."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from satark.runtime.secret import Secret
from satark.runtime.tls import tls_mistakes

HIGHEST_PORT = 65_535


class KafkaSettings(Struct, frozen=True, kw_only=True):
    """How to reach Kafka."""

    brokers: Annotated[str, Meta(description="Bootstrap brokers, host:port, comma separated.")]
    security_protocol: Annotated[
        Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"],
        Meta(description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."),
    ] = "PLAINTEXT"
    sasl_mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
        Meta(description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."),
    ] = "SCRAM-SHA-512"
    sasl_username: Annotated[str | None, Meta(description="User for SASL.")] = None
    sasl_password: Annotated[Secret | None, Meta(description="Password for SASL.")] = None
    ca_file: Annotated[Path | None, Meta(description="PEM file of the CA that signed the brokers' certificates.")] = (
        None
    )
    cert_file: Annotated[Path | None, Meta(description="PEM file of the client's certificate (mutual TLS).")] = None
    key_file: Annotated[Path | None, Meta(description="PEM file of the client's key (mutual TLS).")] = None
    partitions: Annotated[
        int, Meta(description="Partitions of the topics that scale; the same for all services.", ge=1, le=10_000)
    ] = 12
    replication_factor: Annotated[
        int, Meta(description="Copies of each partition, for created topics.", ge=1, le=9)
    ] = 1
    topic_admin: Annotated[
        bool, Meta(description="The broker has the admin API; false only for the embedded trial broker.")
    ] = True

    @property
    def tls(self) -> bool:
        """True when the connection is encrypted."""
        return self.security_protocol in {"SSL", "SASL_SSL"}

    @property
    def sasl(self) -> bool:
        """True when the client logs in by SASL."""
        return self.security_protocol.startswith("SASL")

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        if self.sasl and not (self.sasl_username and self.sasl_password):
            yield f"SECURITY_PROTOCOL {self.security_protocol} needs SASL_USERNAME and SASL_PASSWORD"
        if not self.sasl and (self.sasl_username or self.sasl_password):
            yield f"SASL_USERNAME and SASL_PASSWORD have no use with SECURITY_PROTOCOL {self.security_protocol}"
        if bool(self.cert_file) != bool(self.key_file):
            yield "CERT_FILE and KEY_FILE go together"
        if not self.tls and (self.ca_file or self.cert_file or self.key_file):
            yield f"CA_FILE, CERT_FILE and KEY_FILE have no use with SECURITY_PROTOCOL {self.security_protocol}"
        elif self.tls and bool(self.cert_file) == bool(self.key_file):
            yield from tls_mistakes(self.ca_file, self.cert_file, self.key_file)
        for broker in self.brokers.split(","):
            host, port = split_address(broker.strip())
            if not (host and port):
                yield f"BROKERS: {broker.strip()!r} is not host:port"


class LogSettings(Struct, frozen=True, kw_only=True):
    """How to log."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="debug, info, warning or error.")
    ] = "info"
    format: Annotated[Literal["json", "console"], Meta(description="json (one object a line) or console.")] = "json"


class OpsSettings(Struct, frozen=True, kw_only=True):
    """The ops port (/healthz /readyz /metrics /version) and the life cycle."""

    listen: Annotated[str, Meta(description="host:port of the ops port; port 0 takes a free one.")] = "127.0.0.1:9100"
    port_file: Annotated[Path | None, Meta(description="File to write the bound ops port to.")] = None
    shutdown_grace_s: Annotated[
        float, Meta(description="Seconds to drain after SIGTERM before the process gives up.", gt=0, le=600)
    ] = 25.0

    @property
    def address(self) -> tuple[str, int]:
        """The host and port to listen on."""
        host, port = split_address(self.listen)
        return host, port or 0

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        host, port = split_address(self.listen)
        if not host or port is None:
            yield f"LISTEN: {self.listen!r} is not host:port"


def split_address(text: str) -> tuple[str, int | None]:
    """Return the host, without the brackets of an IPv6 address, and the port of `host:port`.

    The host is empty and the port None where there is none, or none that can be.
    """
    host, _, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    fine = port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= HIGHEST_PORT  # noqa: PLR2004 - digits of 65535
    return ("" if " " in bare else bare), int(port) if fine else None


SHARED_GROUPS: dict[str, type[Struct]] = {"kafka": KafkaSettings, "log": LogSettings, "ops": OpsSettings}
