"""The few pieces of Markdown that the references are made of."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- Generated from the code by `satark docs`. Do not edit. -->"


def page(title: str, *blocks: str) -> str:
    """Return a whole page; blocks are separated by empty lines."""
    return "\n\n".join([NOTE, f"# {title}", *(block for block in blocks if block)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or nothing where there are no rows."""
    lines = [_row(cells) for cells in rows]
    return "\n".join([_row(head), "|" + "---|" * len(head), *lines]) if lines else ""


def code(text: str) -> str:
    """Return a text as code, or nothing for an empty one."""
    if not text:
        return ""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def plain(text: str) -> str:
    """Return a text in which nothing is taken for an HTML element."""
    return text.replace("<", "\\<")


def codes(texts: Iterable[str]) -> str:
    """Return texts as code, comma separated."""
    return ", ".join(code(text) for text in texts)


def fenced(text: str, language: str) -> str:
    """Return a code block."""
    return f"```{language}\n{text.rstrip()}\n```"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
