"""What a mail says, as plain values: templates only lay it out. All numbers and times in them are texts already."""

from dataclasses import dataclass

from satark.notifier.mail import sparkline

Pair = tuple[str, str]
"""A name and what is said under it; of a link, its label and its address."""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric's line of the table; all texts."""

    title: str
    active: bool
    now: str
    normal: str
    limit: str
    peak: str
    distance: str
    samples: str


@dataclass(frozen=True, slots=True)
class Member:
    """One incident's line of a group's table; all texts."""

    place: str
    active: bool
    critical: bool
    worst: str
    since: str
    state: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The recent samples of one metric."""

    title: str
    bars: tuple[sparkline.Bar, ...]
    text: str
    lowest: str
    highest: str
    span: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that the mail carries with it. `cid` is its Content-ID without brackets, sizes are in CSS pixels."""

    cid: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class View:
    """What the mail of one incident, or of one group of incidents, says.

    `title` is in the subject in place of the state; `remarks` come first, `lead` before the sentences. `actions` are
    links that do something, `why` is why this receiver has the mail.
    """

    state: str
    critical: bool
    place: str
    gists: tuple[str, ...]
    sentences: tuple[str, ...]
    age: str
    rows: tuple[Row, ...]
    distance_note: str
    more_rows: int
    charts: tuple[Chart, ...]
    facts: tuple[Pair, ...]
    checks: tuple[str, ...]
    method: str
    incident: str
    link: str | None
    members: tuple[Member, ...] = ()
    more_members: int = 0
    remarks: tuple[str, ...] = ()
    title: str = ""
    lead: str = ""
    sure: str = ""
    around: str = ""
    image: Image | None = None
    actions: tuple[Pair, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One incident's line of a digest; all texts."""

    place: str
    gist: str
    state: str
    severity: str
    since: str
    is_bad: bool
    is_over: bool
    link: str | None


@dataclass(frozen=True, slots=True)
class DigestView:
    """What a digest says. `causes` are what its incidents share, `rest` counts those that have no line."""

    place: str
    gists: tuple[str, ...]
    critical: bool
    is_over: bool
    sentences: tuple[str, ...]
    remarks: tuple[str, ...]
    counts: tuple[Pair, ...]
    causes: tuple[Pair, ...]
    lines: tuple[Line, ...]
    more_lines: int
    rest: tuple[Pair, ...]
    age: str
    id: str
    why: str
    state: str = "digest"


@dataclass(frozen=True, slots=True)
class HeartbeatView:
    """What a sign of life says."""

    place: str
    gists: tuple[str, ...]
    is_well: bool
    sentences: tuple[str, ...]
    facts: tuple[Pair, ...]
    failing: tuple[str, ...]
    more_failing: int
    age: str
    why: str
    state: str = "heartbeat"


AnyView = View | DigestView | HeartbeatView
