"""What an HTTP reply means for a message (RFC 9110), and when to come again. Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from satark.notifier.channels.delivery import Delivery, Permanent, Retry, Sent

LONGEST_AFTER_S = 3600.0
"""The longest wait that a server may ask for: a promise to come back tomorrow would be a message lost today."""

BUSY = frozenset({429, 502, 503, 504})
"""They speak of the server, or of too much at once: nothing else would pass either."""

_SOON = frozenset({408, 425, 429})


def delivery_of(status: int, detail: str, *, retry_after: str | None = None, now: datetime) -> Delivery:
    """Return what a status means: 2xx took it, 408, 425, 429 and 5xx may later, anything else never will.

    A redirection is the latter: where a message goes is for the operator to say, not for who answers.
    """
    if 200 <= status < 300:  # noqa: PLR2004 - the classes of RFC 9110, clause 15
        return Sent(detail)
    if status in _SOON or 500 <= status < 600:  # noqa: PLR2004 - as above
        return Retry(detail, whole=status in BUSY, after_s=after_s(retry_after, now))
    return Permanent(detail)


def after_s(retry_after: str | None, now: datetime) -> float:
    """Return how many seconds to wait, from seconds or a date; 0 for none, nonsense and the past."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_AFTER_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return 0.0
    wait_s = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(0.0, wait_s), LONGEST_AFTER_S)
