from collections.abc import Iterator
from time import process_time

import pytest

from satark.notifier.mail.incident_view import view
from satark.notifier.mail.packs import BrokenTemplateError, Pack
from tests.unit.notifier.scenes import WRITTEN, opened

VALUES = {"view": view(opened(), now=WRITTEN), "notices": ()}
LONG_S = 20.0
"""Of the processor; far more than any of these takes, and far less than it would without bounds."""

GROWING = (
    "{% set n = namespace(x='aaaa', y=['a']) %}{% for i in range(60) %}{% set n.x = EXPRESSION %}{% endfor %}{{ n.x }}"
)


def _loops() -> Iterator[str]:
    yield "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}"
    yield "{% for a in range(999)|map('string') %}{% for b in range(999) %}{% endfor %}{% endfor %}"
    yield "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}"
    yield "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}"
    yield "{% include 'me.j2' %}{% include 'me.j2' %}"
    yield "{% block a %}{{ self.a() }}{{ self.a() }}{% endblock %}"
    yield "{% for i in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}"
    yield (
        "{% set x %}{% for a in range(999) %}{% for b in range(999) %}"
        + "y" * 5000
        + "{% endfor %}{% endfor %}{% endset %}"
    )
    yield "{% for a in range(300) %}" + "y" * 5000 + "{% endfor %}"
    yield "{{ range(10 ** 9)|list }}"
    yield "{{ " + "(" * 5000 + ")" * 5000 + " }}"


def _growing() -> Iterator[str]:
    for expression in ("n.x ~ n.x", "n.x + n.x", "n.x * 9", "n.x|replace('a', 'aaaa')", "[n.x, n.x]", "(n.x, n.x)"):
        yield GROWING.replace("EXPRESSION", expression)
    yield GROWING.replace("EXPRESSION", "{'a': n.x, 'b': n.x}")
    yield GROWING.replace("EXPRESSION", "dict(a=n.x, b=n.x)")
    yield GROWING.replace("EXPRESSION", "namespace(a=n.x, b=n.x)")
    yield GROWING.replace("n.x = EXPRESSION", "n.y = n.y + n.y")
    yield GROWING.replace("'aaaa'", "99").replace("EXPRESSION", "n.x * n.x")


def _wide() -> Iterator[str]:
    for filtered in (
        "center(10 ** 9)",
        "indent(10 ** 9)",
        "round(10 ** 9)",
        "batch(10 ** 9, 0)|list",
        "slice(10 ** 9)|list",
    ):
        yield "{{ 1|" + filtered + " }}"
    yield "{{ '%999999999s'|format(1) }}"
    yield "{{ '%*d'|format(999999999, 1) }}"
    yield "{{ '%999999999s' % 1 }}"
    yield "{{ '{:999999999}'.format(1) }}"
    yield "{{ ('{:999999999}'|attr('format'))(1) }}"
    yield "{{ 'x'.ljust(999999999) }}"
    yield "{{ 'x' * 999999999 }}"
    yield "{{ 2 ** 999999999 }}"
    yield "{{ lipsum(999999) }}"
    yield "{{ range(999)|map('string')|join('x' * 9999) }}"


@pytest.mark.parametrize("text", [*_loops(), *_growing(), *_wide()])
def test_no_template_takes_long_or_much(text: str) -> None:
    """A template that loops, grows or asks for a huge value is an error, and soon."""
    began = process_time()

    with pytest.raises(BrokenTemplateError):
        Pack({"me.j2": text}).write("me.j2", VALUES)

    assert process_time() - began < LONG_S


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{% for i in range(100) %}{{ loop.last }}{% endfor %}", "False" * 99 + "True"),
        ("{% for a, b in view.facts %}{{ a }}{% endfor %}", "".join(name for name, _ in VALUES["view"].facts)),  # type: ignore[attr-defined]
        ("{{ '%-9s|'|format('a') }}{{ 'a' ~ 1 ~ 'b' }}{{ 'ab'|replace('a', 'c') }}", "a        |a1bcb"),
        ("{{ view.nix|default('none') }}{{ view.place is defined }}", "noneTrue"),
        ("{% set n = namespace(i=0) %}{% for r in 'abc' %}{% set n.i = n.i + 1 %}{% endfor %}{{ n.i }}", "3"),
        ("{{ ['a', 'b']|join(', ') }}{{ {'a': 1}['a'] }}{{ (1, 2)|length }}{{ 7 // 2 }}{{ 2 ** 3 }}", "a, b1238"),
    ],
)
def test_ordinary_templates_are_not_bothered(text: str, written: str) -> None:
    """What a mail may want to say can be said."""
    assert written == Pack({"me.j2": text}).write("me.j2", VALUES)
