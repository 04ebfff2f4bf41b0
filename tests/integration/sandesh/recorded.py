"""What the originals' introspect servers answered, and how their answers are compared with ours."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

DATA = Path(__file__).parents[2] / "data" / "sandesh"
NEITHER = frozenset[str]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One recorded request and its answer; a `status` of None: the original never answered."""

    name: str
    method: str
    path: str
    status: int | None
    content_type: str | None = None
    body: str = ""


def exchanges(dialect: str) -> dict[str, Exchange]:
    """All of one original, `py` or `cpp`, by name."""
    lines = (DATA / "introspect" / f"{dialect}.jsonl").read_text(encoding="utf-8").splitlines()
    return {each.name: each for each in (Exchange(**json.loads(line)) for line in lines)}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What of an answer counts: not the elements `without`, values if `texts`, in lists and maps their `order`.

    Without `rows` the first element of each name stands for all of a list or map.
    """

    without: frozenset[str] = NEITHER
    texts: bool = True
    order: bool = True
    rows: bool = True


def shape(answer: bytes | str, view: View) -> list[str]:
    """The elements of an answer, each a line, the inner ones indented; fields by name, because their order is free."""
    return _shape(etree.fromstring(answer.encode() if isinstance(answer, str) else answer), view)


def _shape(element: Any, view: View) -> list[str]:
    kept = [each for each in element if each.tag not in view.without]
    is_list = element.tag in {"list", "map", "set"} or element.get("type") == "slist"
    if is_list and not view.rows:
        kept = list({each.tag: each for each in reversed(kept)}.values())[::-1]
    inner = [_shape(each, view) for each in kept]
    if element.get("type") == "rlist" or not (is_list and view.order):
        inner.sort()
    attributes = [f"{name}={value}" for name, value in sorted(element.attrib.items()) if view.rows or name != "size"]
    text = (element.text or "") if view.texts and not len(element) else ""
    return [" ".join((element.tag, *attributes, text)).rstrip(), *(f" {line}" for each in inner for line in each)]


def find(body: str, name: str) -> list[str]:
    """The texts of all elements of a name."""
    return [each.text or "" for each in etree.fromstring(body.encode()).iter(name)]


def elements(body: str, name: str) -> list[bytes]:
    """All elements of a name as XML."""
    return [etree.tostring(each, encoding="utf-8") for each in etree.fromstring(body.encode()).iter(name)]
