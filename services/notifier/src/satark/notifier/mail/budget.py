"""What a template of a user's may cost, counted in steps: a loop without an end becomes an error, not a mail never sent.

A step is an iteration, a call, or a hundred characters. No built-in mail takes a twentieth of the budget. Counted are
loops, calls, filters, operators and all that is put out, so that neither time nor memory can grow without being seen;
what could grow in a single step (a power, a repetition, a width) is bounded by itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from jinja2 import TemplateRuntimeError, Undefined
from jinja2.utils import Namespace

MAX_STEPS = 100_000
MAX_CHARS = 200_000
"""Of one value."""
MAX_PART_CHARS = 80_000
"""Of a part of a mail: both together are no larger than mail servers take."""
MAX_ITEMS = 1000
"""Of a `range`, and of a width or a count that a filter takes."""
CHARS_A_STEP = 100
_ITEM_CHARS = 10
"""What an item of a list counts, for it takes as much time."""
_MAX_BITS = 128
_ATTRIBUTES = "_Namespace__attrs"
"""The one name by which a `namespace` gives all that it holds."""
_WIDTHS = re.compile(r"\d{4,}|\*")

_left: ContextVar[list[int] | None] = ContextVar("steps_left", default=None)


class TooMuchError(TemplateRuntimeError):
    """A template asks for more than a mail can need."""


@contextmanager
def budget(steps: int = MAX_STEPS) -> Iterator[None]:
    """Give what is rendered within so many steps."""
    token = _left.set([steps])
    try:
        yield
    finally:
        _left.reset(token)


def spend(steps: int) -> None:
    """Take steps from the budget, if there is one. Raises TooMuchError when it is used up."""
    left = _left.get()
    if left is None:
        return
    left[0] -= steps
    if left[0] < 0:
        raise TooMuchError(f"more than {MAX_STEPS} steps: does it loop?")


def sized(value: Any) -> Any:
    """Return a value after its size was paid for. Raises TooMuchError for one that no mail can hold."""
    size = weight(value)
    if size > MAX_CHARS:
        raise TooMuchError("a value of too many characters or items")
    spend(1 + size // CHARS_A_STEP)
    return value


def weight(value: Any, limit: int = MAX_CHARS) -> int:
    """Return how many characters and items a value has, in all its depth: a list may hold another twice, and so on.

    Counts no further than a little beyond `limit`.
    """
    total, waiting = 0, [value]
    while waiting and total <= limit:
        each = waiting.pop()
        if isinstance(each, str | bytes):
            total += 1 + len(each)
            continue
        total += _ITEM_CHARS
        if isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            waiting += each
        elif isinstance(each, Namespace):
            waiting += getattr(each, _ATTRIBUTES).values()
        elif isinstance(each, Sized) and not isinstance(each, Undefined):
            total += len(each)
    return total


def counted(items: Any, cost: int) -> Any:
    """Return what a loop runs over; each turn of it costs as much as its body puts out."""
    if isinstance(items, Sized):
        spend(len(items) * cost)
        return items
    return _counted(items, cost) if isinstance(items, Iterable) else items


def _counted(items: Iterable[Any], cost: int) -> Iterator[Any]:
    for item in items:
        spend(cost)
        yield item


def few(*bounds: int) -> range:
    """Return a `range` of at most `MAX_ITEMS`."""
    found = range(*bounds)
    if len(found) > MAX_ITEMS:
        raise TooMuchError(f"a range of {len(found)}; at most {MAX_ITEMS} are")
    return found


def operated(operator: str, left: Any, right: Any) -> None:
    """Check what an operator is about to make. Raises TooMuchError if it could be huge."""
    if operator == "%" and isinstance(left, str):
        formatted(left)
    numbers = [value for value in (left, right) if isinstance(value, int)]
    if operator in {"*", "**"} and any(value.bit_length() > _MAX_BITS for value in numbers):
        raise TooMuchError("a number of too many digits")
    if operator == "**" and numbers and abs(numbers[-1]) > _MAX_BITS:
        raise TooMuchError("a power of too many digits")
    lengths = [weight(value) for value in (left, right) if not isinstance(value, int | float)]
    times = abs(numbers[0]) if operator == "*" and lengths and numbers else 1
    if sum(lengths) * times > MAX_CHARS:
        raise TooMuchError("a value of too many characters or items")
    spend(1 + sum(lengths) * times // CHARS_A_STEP)


def formatted(pattern: str) -> None:
    """Check a pattern of `%`. Raises TooMuchError for a width of thousands, or one that is given as a value."""
    if _WIDTHS.search(pattern):
        raise TooMuchError(f"a width of more than {MAX_ITEMS - 1}")


def guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that pays for what it takes and gives, and makes nothing that is huge."""

    @wraps(function)
    def guard(*args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if isinstance(value, int) and abs(value) > MAX_ITEMS and name in _COUNTING:
                raise TooMuchError(f"{name} of {value}; at most {MAX_ITEMS} are")
            sized(value)
        if name == "format":
            formatted(str(args[0]))
        if name == "replace":
            _replaced(*(value for value in args if isinstance(value, str)))
        return sized(function(*args, **kwargs))

    return guard


_COUNTING = frozenset({"batch", "center", "indent", "round", "slice", "tojson", "truncate", "wordwrap"})


def _replaced(text: str = "", old: str = "", new: str = "", *_: str) -> None:
    if (text.count(old) * len(new)) > MAX_CHARS:
        raise TooMuchError("a replacement of too many characters")
