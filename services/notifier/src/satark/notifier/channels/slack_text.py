"""Free text within Slack's markup: nothing in a name becomes a link, a mention or a format of another's making. Pure."""

from collections.abc import Iterable

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BREAK = "\u200b"
"""A blank of no width. Mattermost, which reads Markdown, takes `@all` for a mention and `](` for a link."""

_APART = {"@": f"@{_BREAK}", "](": f"]{_BREAK}("}


def escaped(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters that is shown as it is; what is cut ends in an ellipsis."""
    pieces = [_ESCAPES.get(char, char) for char in _apart(text)]
    return "".join(_fitting(pieces, limit))


def joined(lines: Iterable[str], limit: int) -> list[str]:
    """Return texts of at most `limit` characters that together hold all lines, which are escaped already."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + 1 + len(line) <= limit:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def _apart(text: str) -> str:
    for joint, opened in _APART.items():
        text = text.replace(joint, opened)
    return text


def _fitting(pieces: list[str], limit: int) -> list[str]:
    """Return as many pieces as fit: an entity is never cut in two."""
    if sum(map(len, pieces)) <= limit:
        return pieces
    kept, room = [], limit - 1
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return [*kept, "…"]
