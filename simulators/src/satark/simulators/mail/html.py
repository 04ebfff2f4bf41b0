"""The HTML of a mail, made fit for a locked frame: images it brings along become data, and links open outside of it.

What keeps the browser safe is not this module but the headers of the answer: the frame has no scripts, no origin, no
forms, and may load nothing but data (`FRAME_POLICY`).
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import unquote

FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
RAW_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

_LINK = re.compile(r"<a(?=\s)", re.IGNORECASE)
_REFERENCE = re.compile(r"cid:([^\"'\s)>]{1,500})", re.IGNORECASE)


def with_inline_images(html: str, images: Mapping[str, tuple[str, bytes]]) -> str:
    """Return the HTML with `cid:` references to known images replaced by data URLs; unknown ones stay and show nothing."""

    def data_url(match: re.Match[str]) -> str:
        found = images.get(unquote(match[1])) or images.get(match[1])
        return match[0] if found is None else f"data:{found[0]};base64,{b64encode(found[1]).decode()}"

    return _REFERENCE.sub(data_url, html)


def with_links_outside(html: str) -> str:
    """Return the HTML with links that open a window of their own: no page is shown inside of a frame."""
    return _LINK.sub('<a target="_blank" rel="noopener noreferrer"', html)
