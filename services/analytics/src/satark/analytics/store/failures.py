"""What the store's refusals mean: a short word each, and a text with nothing secret in it."""

import re

from satark.analytics.store.statement import StoreError

DISK_FULL = "disk_full"
UNREACHABLE = "unreachable"
DENIED = "denied"
BUSY = "busy"
LOCKED = "locked"
TIMEOUT = "timeout"
MEMORY = "memory"
NO_SUCH_TABLE = "no_such_table"
REFUSED = "refused"
BAD_VALUE = "bad_value"
"""A value is none of its column's type."""

MAX_DETAIL_CHARS = 600

_WORDS: dict[int, str] = {
    **dict.fromkeys((60, 81), NO_SUCH_TABLE),
    **dict.fromkeys((159, 160, 209, 394), TIMEOUT),
    **dict.fromkeys((202, 252, 203, 225, 242, 319, 341, 999), BUSY),
    **dict.fromkeys((241, 173), MEMORY),
    **dict.fromkeys((243,), DISK_FULL),
    **dict.fromkeys((192, 193, 194, 497, 516), DENIED),
    **dict.fromkeys((6, 27, 32, 33, 38, 41, 53, 69, 70, 72, 117, 321, 349), BAD_VALUE),
    **dict.fromkeys((210, 279, 439), UNREACHABLE),
}
"""By ClickHouse's error codes (src/Common/ErrorCodes.cpp)."""

_CODE = re.compile(r"\bCode:\s*(\d+)")
_FULL = re.compile(r"no space left on device|not enough space|errno: 28\b", re.IGNORECASE)
_TAKEN = re.compile(r"cannot lock file|another server instance", re.IGNORECASE)
_TRAILER = re.compile(r"\s*\((?:official build|version [^)]*)\)+")


def failure(error: BaseException, *, in_transit: bool = False) -> StoreError:
    """Return an error of the client or the engine as ours; `in_transit` says that no answer came at all."""
    text = _TRAILER.sub("", str(error) or type(error).__name__)
    return StoreError(_reason(text, in_transit=in_transit), text[:MAX_DETAIL_CHARS])


def _reason(text: str, *, in_transit: bool) -> str:
    if _FULL.search(text):
        return DISK_FULL
    if _TAKEN.search(text):
        return LOCKED
    code = _CODE.search(text)
    if code:
        return _WORDS.get(int(code.group(1)), REFUSED)
    return UNREACHABLE if in_transit else REFUSED
