"""One page with all mails side by side, in light and in dark. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_DARK = "@media (prefers-color-scheme: dark)"
_STYLE = """\
body { margin: 24px; font-family: system-ui, sans-serif; background: #e6e9ec; color: #14202b; }
h2 { margin: 40px 0 4px 0; font-size: 18px; }
p { margin: 0 0 12px 0; font-size: 14px; }
.pair { display: flex; flex-wrap: wrap; gap: 12px; }
iframe { width: 680px; max-width: 100%; height: 900px; border: 1px solid #c4ccd4; background: #fff; }
iframe.narrow { width: 380px; }
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail's files: all have the name `name` and their own suffix."""

    name: str
    subject: str
    has_picture: bool


def standing_alone(html: str, cid: str | None, picture: str, *, dark: bool) -> str:
    """Return a mail's HTML as a page of its own: its picture is a file beside it, and `dark` is for any reader."""
    page = html if cid is None else html.replace(f"cid:{cid}", picture)
    return page.replace(_DARK, "@media all") if dark else page.replace(_DARK, "@media not all")


def index(shown: Sequence[Shown]) -> str:
    """Return the page that shows all mails."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8"><title>Mails of Satark</title>',
            f"<style>\n{_STYLE}</style></head><body>",
            f"<h1>{len(shown)} mails</h1>",
            *(_section(each) for each in shown),
            "</body></html>\n",
        ]
    )


def _section(shown: Shown) -> str:
    name = escape(shown.name)
    files = ["eml", "txt", "html", *(["png"] if shown.has_picture else [])]
    links = " &middot; ".join(f'<a href="{name}.{suffix}">{suffix}</a>' for suffix in files)
    frames = "\n".join(
        f'<iframe class="{width}" title="{name}, {tone}" loading="lazy" src="{name}{infix}.html"></iframe>'
        for infix, tone in (("", "light"), (".dark", "dark"))
        for width in ("wide", "narrow")
    )
    return f'<h2>{name}</h2>\n<p><b>{escape(shown.subject)}</b><br>{links}</p>\n<div class="pair">\n{frames}\n</div>'
