"""What a syslog line says, whatever its form. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "alert", "clock"),
    *(f"local{number}" for number in range(8)),
)
"""By number (RFC 5424, table 1), in the words of syslog.conf(5)."""

USER_NOTICE = 13
"""The priority of a line that came without one (RFC 3164, 4.3.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyslogLine:
    """One line. What it does not say is empty; `time`, in UTC, is None when it says none that can be relied on.

    `data` is the structured data, one entry a parameter, `id.name`.
    """

    priority: int
    time: datetime | None = None
    host: str = ""
    app: str = ""
    procid: str = ""
    msgid: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def facility(self) -> str:
        """The facility's name."""
        return FACILITIES[self.priority >> 3]

    @property
    def severity(self) -> int:
        """0 (emergency) to 7 (debug)."""
        return self.priority & 7
