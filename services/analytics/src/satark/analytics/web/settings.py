"""The settings of the web part: where it listens, who may ask, and how much."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from satark.analytics.web.credentials import CredentialsError, load
from satark.runtime.groups import split_address
from satark.runtime.hosts import is_loopback
from satark.runtime.tls import tls_mistakes


class WebSettings(Struct, frozen=True, kw_only=True):
    """How the REST API is reached. A base of `AnalyticsSettings`."""

    listen: Annotated[str, Meta(description="host:port of the REST API; port 0 takes a free one.")] = "127.0.0.1:8081"
    loopback_listen: Annotated[
        str,
        Meta(
            description="A second host:port of this machine only, without TLS, for Contrail's tools, which look for "
            "127.0.0.1:8181. Empty: none."
        ),
    ] = ""
    port_file: Annotated[Path | None, Meta(description="File to write the bound port of the REST API to.")] = None
    cert_file: Annotated[Path | None, Meta(description="PEM file of the REST API's certificate chain, for TLS.")] = None
    key_file: Annotated[Path | None, Meta(description="PEM file of the certificate's key, without a password.")] = None
    credentials_file: Annotated[
        Path | None,
        Meta(
            description="File of those who may ask, `role name secret` a line; role is read, operate or admin. The secret "
            "is a bearer token, or a password with the name. Empty: everybody, on a loopback address only."
        ),
    ] = None
    requests_per_s: Annotated[
        float, Meta(description="Requests a second that a caller may send for long. 0: any number.", ge=0, le=100_000)
    ] = 50.0
    requests_burst: Annotated[int, Meta(description="Requests that a caller may send at once.", ge=1, le=1_000_000)] = (
        500
    )
    max_connections: Annotated[
        int, Meta(description="Connections at a time; more are told to come later.", ge=1, le=100_000)
    ] = 1000

    def web_mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        yield from self._listen_mistakes()
        if bool(self.cert_file) != bool(self.key_file):
            yield "CERT_FILE and KEY_FILE go together"
        elif self.cert_file:
            yield from tls_mistakes(None, self.cert_file, self.key_file)
        if self.credentials_file is None:
            return
        try:
            load(self.credentials_file)
        except CredentialsError as error:
            yield f"CREDENTIALS_FILE: {self.credentials_file} {error}"

    def _listen_mistakes(self) -> Iterable[str]:
        for name, text in (("LISTEN", self.listen), ("LOOPBACK_LISTEN", self.loopback_listen)):
            host, port = split_address(text)
            if text and (not host or port is None):
                yield f"{name}: {text!r} is not host:port"
        host, _ = split_address(self.listen)
        if host and self.credentials_file is None and not is_loopback(host):
            yield f"LISTEN: {self.listen} can be reached by others: give CREDENTIALS_FILE, or a loopback address"
        host, _ = split_address(self.loopback_listen)
        if host and not is_loopback(host):
            yield f"LOOPBACK_LISTEN: {self.loopback_listen} can be reached by others, and has no TLS"
