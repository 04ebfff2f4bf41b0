"""The template engine for the templates of users: sandboxed, with a budget, over texts that are in memory already.

Templates see no more than what they are given, change nothing, and read no file: an `include` finds the texts of the
pack and the built-in ones. Each part of a mail has its own engine, so that all of a mail's HTML is escaped, whatever
the file is called.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, nodes
from jinja2.environment import Environment, Template
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from satark.notifier.mail import budget

OPTIONS: Mapping[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
}
"""How the built-in templates are read, too."""

_INCLUDE_COST = 20
_COSTLY_METHODS = frozenset(
    {"center", "expandtabs", "format", "format_map", "join", "ljust", "replace", "rjust", "translate", "zfill"}
)
_REMOVED_FILTERS = ("pprint", "random", "urlize", "xmlattr")
_REMOVED_GLOBALS = ("lipsum",)


class TextLoader(BaseLoader):
    """Gives templates by name from texts; the name is the file's in error reports."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's text. Raises TemplateNotFound."""
        del environment
        if template not in self._texts:
            raise TemplateNotFound(template)
        return self._texts[template], template, lambda: True


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, in which all work is counted."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, texts: Mapping[str, str], *, escapes: bool) -> None:
        super().__init__(loader=TextLoader(texts), autoescape=escapes, optimized=False, **OPTIONS)
        self.filters = {name: budget.guarded(name, function) for name, function in self.filters.items()}
        for name in _REMOVED_FILTERS:
            del self.filters[name]
        for name in _REMOVED_GLOBALS:
            del self.globals[name]
        self.globals["range"] = budget.few
        self.filters |= {_COUNTED: budget.counted, _SIZED: budget.sized}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may use an attribute: no method that makes a text of any length out of a number."""
        if isinstance(obj, str | bytes) and attr in _COSTLY_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Return nothing: `format` is a costly method like others."""

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls: a macro, a block, a method."""
        budget.spend(1)
        return budget.sized(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute what a template computes."""
        budget.operated(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def get_template(self, name: str | Template, *args: Any, **kwargs: Any) -> Template:
        """Return a template; one that includes itself comes here again and again."""
        budget.spend(_INCLUDE_COST)
        return super().get_template(name, *args, **kwargs)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        _instrument(source)
        source.set_environment(self)
        return super()._generate(source, *args, **kwargs)


_COUNTED, _SIZED = " counted", " sized"
"""Names that no template can spell."""


def _instrument(template: nodes.Template) -> None:
    """Have loops, joined texts and all that is put out counted."""
    for loop in list(template.find_all(nodes.For)):
        cost = 1 + sum(len(data.data) for data in loop.find_all(nodes.TemplateData)) // budget.CHARS_A_STEP
        loop.iter = _filtered(loop.iter, _COUNTED, nodes.Const(cost))
    for put_out in list(template.find_all(nodes.Output)):
        put_out.nodes = [node if isinstance(node, nodes.TemplateData) else _paid(node) for node in put_out.nodes]
    for joined in list(template.find_all(nodes.Concat)):
        joined.nodes = [_paid(node) for node in joined.nodes]
    for items in list(template.find_all(nodes.List)):
        items.items = [_paid(node) for node in items.items]
    for several in list(template.find_all(nodes.Tuple)):
        if several.ctx == "load":
            several.items = [_paid(node) for node in several.items]
    for pair in list(template.find_all(nodes.Pair)):
        pair.value = _paid(pair.value)


def _paid(node: nodes.Expr) -> nodes.Filter:
    return _filtered(node, _SIZED)


def _filtered(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(cast(nodes.Expr, node), name, list(args), [], None, None, lineno=node.lineno)
