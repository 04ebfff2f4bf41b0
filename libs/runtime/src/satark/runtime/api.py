"""Where commands find the REST API, and as whom they ask: SATARK_API_*."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from satark.runtime.secret import Secret

GROUP = "api"


class ApiSettings(Struct, frozen=True, kw_only=True):
    """How the commands reach the REST API, and as whom."""

    url: Annotated[str, Meta(description="Base URL of the REST API.")] = "http://127.0.0.1:8081"
    token: Annotated[Secret | None, Meta(description="Bearer token.")] = None
    user: Annotated[str | None, Meta(description="User for basic authentication.")] = None
    password: Annotated[Secret | None, Meta(description="Password for basic authentication.")] = None
    ca_file: Annotated[Path | None, Meta(description="PEM file of the CA that signed the server's certificate.")] = None
    timeout_s: Annotated[float, Meta(description="How long the server may be silent.", gt=0)] = 60.0

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            yield "URL must be http:// or https:// and a host"
        if parts.username or parts.password:
            yield "URL must not hold a user or password: USER and PASSWORD are for that"
        if bool(self.user) != bool(self.password):
            yield "USER and PASSWORD belong together"
        if self.token and self.user:
            yield "TOKEN and USER are two ways: choose one"
