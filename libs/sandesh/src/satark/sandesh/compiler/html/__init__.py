"""HTML from a program: the module page of the introspect server, and documentation that people read."""

from collections.abc import Mapping, Sequence
from importlib import resources

from satark.sandesh.compiler.generator import Language
from satark.sandesh.compiler.html.module_page import module_page
from satark.sandesh.compiler.html.pages import STYLESHEET, overview, pages
from satark.sandesh.idl.model import Bundle


def files(bundle: Bundle, _options: Mapping[str, str]) -> dict[str, str]:
    """The module page `<module>.xml`, the pages `<module>_*.html` and their style sheet."""
    unit = bundle.main
    style = resources.files(__package__).joinpath(STYLESHEET).read_text(encoding="utf-8")
    return {f"{unit.module}.xml": module_page(unit), STYLESHEET: style, **pages(unit)}


def index(bundles: Sequence[Bundle], _options: Mapping[str, str]) -> dict[str, str]:
    """The page that lists the programs."""
    return {"index.html": overview(bundles)}


HTML = Language(summary="the module page of introspect, and documentation", generate=files, over_all=index)
__all__ = ["HTML", "module_page"]
