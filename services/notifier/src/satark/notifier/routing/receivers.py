"""Receivers as the routes' file has them, in Alertmanager's words. Addresses that are secrets are `Secret`."""

from dataclasses import dataclass, field
from pathlib import Path

from satark.runtime.secret import Secret


@dataclass(frozen=True, slots=True)
class EmailConfig:
    """A mail address. `to` is the bare address."""

    to: str
    send_resolved: bool = True


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """A URL that takes JSON, signed with HMAC-SHA256 where there is a `secret`. `max_incidents` 0: all."""

    url: Secret
    secret: Secret | None = None
    send_resolved: bool = True
    max_incidents: int = 0
    timeout_s: float = 10.0
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class AlertmanagerConfig:
    """An Alertmanager's base URL, for its API v2. `username` and `password` are for HTTP basic authentication."""

    url: Secret
    send_resolved: bool = True
    username: str = ""
    password: Secret | None = None
    timeout_s: float = 10.0
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """An incoming webhook of Slack, or of what speaks like it (Mattermost, Rocket.Chat, Teams by a bridge)."""

    api_url: Secret
    channel: str = ""
    username: str = ""
    send_resolved: bool = True
    timeout_s: float = 10.0
    ca_file: Path | None = None


ChannelConfig = EmailConfig | WebhookConfig | AlertmanagerConfig | SlackConfig


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a route tells. `fallback` names the receiver that is told where this one cannot be reached."""

    name: str
    configs: tuple[ChannelConfig, ...]
    fallback: str = ""
    labels: dict[str, str] = field(default_factory=dict)
