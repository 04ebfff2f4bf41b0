"""Python text as `ruff format` leaves it, so that generated files need no formatter.

An expression is a string, which stays on its line, or a `Group`, which is written on one line where it fits and
else one item a line with a comma after the last: that form is stable whatever the reader's own line length is.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

INDENT = "    "
WIDTH = 88  # the default of `ruff format`


@dataclass(frozen=True, slots=True)
class Group:
    """`head` opens, `tail` closes, items between: a call, a tuple, a list, a set, a dict."""

    head: str
    items: tuple["Expression", ...]
    tail: str


Expression = str | Group


def call(function: str, items: Iterable[Expression]) -> Group:
    """`function(items)`."""
    return Group(f"{function}(", tuple(items), ")")


def keyword(name: str, value: Expression) -> Expression:
    """`name=value` in a call."""
    return prefixed(f"{name}=", value)


def prefixed(prefix: str, value: Expression) -> Expression:
    """A value after a text that stays on its line."""
    return f"{prefix}{value}" if isinstance(value, str) else replace(value, head=f"{prefix}{value.head}")


def sequence(opening: str, items: Sequence[Expression], closing: str) -> Group:
    """A display in brackets."""
    return Group(opening, tuple(items), closing)


def flat(expression: Expression) -> str:
    """The expression on one line."""
    if isinstance(expression, str):
        return expression
    inner = ", ".join(flat(each) for each in expression.items)
    comma = "," if _is_tuple(expression) and len(expression.items) == 1 else ""
    return f"{expression.head}{inner}{comma}{expression.tail}"


def _is_tuple(group: Group) -> bool:
    return group.tail == ")" and (group.head == "(" or group.head.endswith(("=(", "= (", ": (")))


def lines(expression: Expression, *, width: int, depth: int = 0, after: str = "") -> list[str]:
    """The expression as lines, indented by `depth` levels, `after` behind it."""
    indent = INDENT * depth
    one = f"{indent}{flat(expression)}{after}"
    if isinstance(expression, str) or not expression.items or len(one) <= width:
        return [one]
    inner = [line for each in expression.items for line in lines(each, width=width, depth=depth + 1, after=",")]
    return [f"{indent}{expression.head}", *inner, f"{indent}{expression.tail}{after}"]


def quoted(text: str) -> str:
    """A string literal in the quotes that need fewer escapes, double ones if it is all the same."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    quote = "'" if text.count('"') > text.count("'") else '"'
    return f"{quote}{''.join(_escaped(each, quote) for each in text)}{quote}"


_NAMED_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}


def _escaped(character: str, quote: str) -> str:
    if character in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[character]
    if character == quote:
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004 - two hexadecimal digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004 - four hexadecimal digits


def docstring(text: str, *, depth: int = 0) -> list[str]:
    """A docstring's lines: one line where the text is one, else the closing quotes stand alone."""
    indent = INDENT * depth
    raw = textwrap.dedent(text).strip().splitlines() or [""]
    body = [_documented(line) for line in raw]
    if len(raw) == 1 and raw[0].endswith('"'):
        body[0] = f'{_documented(raw[0][:-1])}\\"'
    if body[0].startswith('"'):
        body[0] = f"\\{body[0]}"
    if len(body) == 1:
        return [f'{indent}"""{body[0]}"""']
    return [f'{indent}"""{body[0]}', *(f"{indent}{line}" if line else "" for line in body[1:]), f'{indent}"""']


def _documented(line: str) -> str:
    shown = "".join(each if each.isprintable() or each == " " else _escaped(each, "") for each in line.expandtabs())
    return shown.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').rstrip()


def comment(text: str, *, depth: int = 0) -> list[str]:
    """Comment lines."""
    return [f"{INDENT * depth}# {_documented(line)}".rstrip() for line in text.splitlines()]
