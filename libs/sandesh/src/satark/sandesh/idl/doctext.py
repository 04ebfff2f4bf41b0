"""Doc comments: the text without its decoration, and the `@tag: text` lines in it (clauses 1.1 and 1.8)."""

import re

_TAG = re.compile(r"@([A-Za-z_]+)[ \t]*:[ \t]*(.*)")


def is_doc(comment: str) -> bool:
    """Tell whether a comment is a doc comment; rulers such as `/*****/` are none."""
    return comment.startswith("/**") and len(comment.strip("*/")) > 0


def clean(comment: str) -> str:
    """Return the text of a `/** … */`: no stars in front, no common indent, no blank lines around it."""
    first, *rest = comment[3:-2].rstrip("*").expandtabs(8).split("\n")
    rest = [line.strip() and line.rstrip() for line in rest]
    filled = [line for line in rest if line]
    if filled and all(line.lstrip().startswith("*") for line in filled):
        rest = [line.lstrip()[1:] for line in rest]
        filled = [line for line in rest if line.strip()]
    indent = min((_indent(line) for line in filled), default=0)
    lines = [first.lstrip("*").strip(), *(line[indent:].rstrip() for line in rest)]
    return "\n".join(lines).strip("\n")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def tags(doc: str | None) -> dict[str, str]:
    """Return the tags of a doc comment: `@description: a` gives `description`; lines after a tag belong to it.

    Text before the first tag is the `description` unless one is given. Values are stripped; the last of two wins.
    """
    found: dict[str, list[str]] = {}
    current = found.setdefault("description", [])
    for line in (doc or "").split("\n"):
        match = _TAG.match(line.strip())
        if match:
            current = found[match[1]] = [match[2]]
        else:
            current.append(line.strip())
    values = {name: "\n".join(lines).strip() for name, lines in found.items()}
    return {name: value for name, value in values.items() if value or name != "description"}
