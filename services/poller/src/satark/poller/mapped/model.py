"""What a mapping file says, checked and compiled. Pure."""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any

from satark.poller.inventory import Enterprise
from satark.poller.mapped.expressions import Expression
from satark.poller.mapped.templates import Template

MAX_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Paging:
    """How the following page is asked for: by a token out of the answer, by the number of rows so far, or of the page."""

    kind: str
    parameter: str
    in_body: bool = False
    token: Expression | None = None
    more: Expression | None = None
    size: int = 0
    first: int = 0
    most: int = MAX_PAGES


@dataclass(frozen=True, slots=True)
class Query:
    """A request with places to fill; at most one of `json` and `form` is its body."""

    name: str
    verb: str
    path: Template
    parameters: tuple[tuple[str, Template], ...] = ()
    json: Any = None
    form: tuple[tuple[str, Template], ...] = ()
    times: str = "ms"
    paging: Paging | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of an answer are, and the fields of a row; `words` says what the vendor's states are in ours."""

    rows: Expression
    fields: Table[str, Expression]
    words: Table[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric is read off a row: value * factor, divided by the sample's seconds where it is a total.

    Rows of the same link and sample, as of several tunnels, are combined: mean, min, max or sum.
    """

    value: Expression
    factor: float = 1.0
    is_total: bool = False
    highest: float = float("inf")
    combine: str = "mean"


@dataclass(frozen=True, slots=True)
class Listing:
    """A request, and the rows of its answer."""

    query: Query
    rows: Rows


@dataclass(frozen=True, slots=True)
class Samples:
    """A request for statistics. Rows without a time belong to the whole window; `marks_end` says what a time means."""

    query: Query
    rows: Rows
    metrics: Table[str, Metric]
    time_form: str = "ms"
    marks_end: bool = False
    no_data: Expression | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a login. `header` is to be sent from then on, with the answer's text, or what `value` finds."""

    query: Query
    header: str = ""
    value: Expression | None = None
    prefix: str = ""
    refused: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Auth:
    """Who one is: fixed headers of templates, or the steps of a login with the cookies that it must give."""

    kind: str
    headers: tuple[tuple[str, Template], ...] = ()
    steps: tuple[Step, ...] = ()
    cookies: tuple[str, ...] = ()
    logout: Query | None = None
    expired: frozenset[int] = frozenset({401})

    @property
    def needs(self) -> frozenset[str]:
        """What must be given of username, password and token."""
        texts = [*(text for _, text in self.headers), *(text for step in self.steps for text in places(step.query))]
        named = {name for text in texts for name in text.names}
        return frozenset(named | ({"username", "password"} if self.kind == "basic" else set()))


@dataclass(frozen=True, slots=True)
class Mapping:
    """All of a mapping file."""

    vendor: str
    auth: Auth
    edges: Listing
    links: Rows | None = None
    enterprise: Enterprise | None = None
    enterprises: Listing | None = None
    samples: Samples | None = None
    detail: Samples | None = None
    detail_samples: int = 288
    events: Listing | None = None
    event_time: str = "ms"
    probe: Query | None = None
    version: Expression | None = None
    error: Expression | None = None
    headers: tuple[tuple[str, str], ...] = ()


def places(query: Query) -> list[Template]:
    """Return all templates of a request."""
    return [query.path, *(text for _, text in (*query.parameters, *query.form)), *_in_tree(query.json)]


def _in_tree(value: Any) -> list[Template]:
    if isinstance(value, Template):
        return [value]
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [found for item in items for found in _in_tree(item)]
