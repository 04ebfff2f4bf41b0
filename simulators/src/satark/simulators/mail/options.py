"""How the mail catcher speaks SMTP."""

from typing import Literal

from msgspec import Struct

from satark.runtime.settings import Secret

Mode = Literal["plain", "starttls", "implicit"]


class SmtpOptions(Struct, frozen=True, kw_only=True):
    """How the server speaks. With a username a login is required; without one any login is welcome."""

    mode: Mode = "plain"
    username: str | None = None
    password: Secret | None = None
    max_bytes: int = 10 * 1024 * 1024
    idle_timeout_s: float = 300.0
