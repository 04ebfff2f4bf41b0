"""What a file of rules may hold, member by member. Files are read by it and the JSON schema is made of it. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from satark.detector.rules.model import Method
from satark.detector.rules.recurrence import Listed, recurrence
from satark.detector.rules.values import moment, zone
from satark.runtime.documents import Bounds, Node
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.documents.shapes import Many, Member, Named, OrOff, Shape, Table
from satark.runtime.documents.values import choice, duration, exactly, flag, number, text, whole
from satark.schemas.incidents import Severity

VERSION = 1
BOUNDS = Bounds(max_bytes=1_000_000, max_depth=12, max_nodes=50_000)
MAX_RULES = 1000
MAX_WINDOWS = 200
MAX_CLASSES = 50
MAX_PATTERNS = 200
MAX_PATTERN_CHARS = 256
MAX_WINDOW_S = 366 * 86_400
MAX_RECURRING_S = 31 * 86_400

MIN_INTERVAL_S = 10
MAX_INTERVAL_S = 3600
MAX_SAMPLES = 288
"""A day of samples of five minutes: so many are remembered for one decision."""

METRIC_NAME = r"[a-z][a-z0-9_.]{0,127}"
LABEL_NAME = r"[a-z][a-z0-9_]{0,63}"
_CLASS_NAME = r"[a-z][a-z0-9_-]{0,63}"
_DAY_S = 86_400

_name = text("a name of one line", most=100)
_pattern = text("a pattern such as *LTE*", most=MAX_PATTERN_CHARS, pattern=r"!?.*")
_patterns = Many(_pattern, MAX_PATTERNS, or_one=True)
_class = text("the name of a class", most=64, pattern=_CLASS_NAME)


def _persistence(found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    """A symptom begins with `bad` of `of`; `bad` alone means in a row."""
    if "for" in found and ("bad" in found or "of" in found):
        mistakes.wrong(node.fields["for"], "excludes bad and of, which say the same in samples")
    elif "of" in found and "bad" not in found:
        mistakes.wrong(
            node.fields["of"], "says how many samples are looked at; bad is missing: how many of them are bad"
        )
    elif "of" in found and found["bad"] > found["of"]:
        mistakes.wrong(node.fields["bad"], f"expected at most {found['of']}, the number of samples that are looked at")


PERSISTENCE: Mapping[str, Member] = {
    "bad": Member(whole(1, MAX_SAMPLES), "Bad samples that begin a symptom; without `of` in a row."),
    "of": Member(whole(1, MAX_SAMPLES), "The last samples among which they are."),
    "good": Member(whole(1, MAX_SAMPLES), "Good samples in a row that end it."),
    "for": Member(duration(1, _DAY_S), "Instead of bad and of: how long all samples must have been bad."),
}
_severity = Member(choice((Severity.WARNING, Severity.CRITICAL)), "How bad it is.")

LIMIT = Table(
    {"above": Member(number(), "Values above are wrong, in the metric's unit."), **PERSISTENCE, "severity": _severity},
    _persistence,
)
RATE = Table(
    {
        "rise": Member(number("a number above 0", above=0), "A rise by more is wrong, in the metric's unit."),
        "over": Member(duration(1, _DAY_S), "The time within which it rises."),
        **PERSISTENCE,
        "severity": _severity,
    },
    _persistence,
)
SEED = Table(
    {
        "present": Member(duration(60, _DAY_S), "Length of the present window."),
        "history": Member(duration(60, 7 * _DAY_S), "Length of the history before it."),
        "factor": Member(number("a number above 0", above=0), "How many spreads above the centre are too much."),
        "min_samples": Member(whole(2, 100_000), "Samples in the history before anything is judged."),
        "floor": Member(number("a number above 0", above=0), "The least spread that is believed."),
        **PERSISTENCE,
    },
    _persistence,
)
METRIC = Table(
    {
        "method": Member(choice(Method), "How its normal is found; none: only limits and rates."),
        "material": Member(number("a number from 0", low=0), "The least rise worth a page, in the metric's unit."),
        "critical_factor": Member(number("a number above 0", above=0), "From so many spreads on it is critical."),
        "limit": Member(OrOff(LIMIT), "An absolute limit, whatever was usual."),
        "rate": Member(OrOff(RATE), "How fast it may rise."),
        "seed": Member(SEED, "Parameters of the method seed."),
    }
)
FLAPPING = Table(
    {
        "transitions": Member(whole(2, 1000), "So many openings and endings are one flapping incident."),
        "within": Member(duration(60, 7 * _DAY_S), "The time in which they are counted."),
        "calm": Member(duration(60, 7 * _DAY_S), "How long it must be calm until it is over."),
    }
)
_TERMS: Mapping[str, Member] = {
    "kind": Member(_patterns, "Patterns of the entity's kind, such as wan-link."),
    "labels": Member(
        Named(_patterns, "labels such as link", LABEL_NAME, 64), "Patterns by label; all labels must match."
    ),
}
_CLASS = Member(Many(_class, MAX_CLASSES, or_one=True), "Classes of links, one of which it must be of.")
MATCH = Many(Table({**_TERMS, "class": _CLASS}), MAX_PATTERNS, or_one=True)
CLASS_MATCH = Many(Table(_TERMS), MAX_PATTERNS, or_one=True)
_match = Member(MATCH, "Which entities are meant: one table, or a list of which one must match; without it all.")

RULE = Table(
    {
        "name": Member(_name, "The rule's name; incidents tell it.", required=True),
        "match": _match,
        "metrics": Member(
            Named(OrOff(METRIC), "metrics such as latency_ms", METRIC_NAME, 500),
            "What it sets, by a metric's name or its beginning.",
        ),
        "flapping": Member(FLAPPING, "When incidents that come and go are one."),
        "evidence": Member(duration(0, _DAY_S), "How much of the recent past an event carries."),
    }
)


def _window(found: dict[str, Any], node: Node, mistakes: Mistakes) -> None:
    """Work out `length` and `occurrences`: from and one of to and duration say the first, the rule the others."""
    if ("to" in node.fields) == ("duration" in node.fields):
        mistakes.wrong(node, "expected either to or duration")
        return
    begin, end = found.get("from"), found.get("to")
    if begin is None or not found.keys() & {"to", "duration"}:
        return
    found["length"] = length = end - begin if end is not None else timedelta(seconds=found["duration"])
    if length <= timedelta(0):
        mistakes.wrong(node.fields["to"], "expected a time after from")
    most_s = MAX_RECURRING_S if "rrule" in found else MAX_WINDOW_S
    if length > timedelta(seconds=most_s):
        mistakes.wrong(node, f"is longer than {most_s // _DAY_S} days")
    found["occurrences"] = Listed((begin,))
    if "rrule" in found:
        try:
            found["occurrences"] = recurrence(found["rrule"], begin)
        except ValueError as error:
            mistakes.wrong(node.fields["rrule"], f"expected a recurrence rule of RFC 5545: {error}")


WINDOW = Table(
    {
        "name": Member(_name, "The window's name.", required=True),
        "match": _match,
        "from": Member(moment(), "When it begins, in local time; of a recurring one the first time.", required=True),
        "to": Member(moment(), "When it ends, in local time."),
        "duration": Member(duration(60, MAX_WINDOW_S), "Instead of to: how long it is."),
        "rrule": Member(
            text("a recurrence rule of RFC 5545", most=500), "How it recurs, such as FREQ=WEEKLY;BYDAY=SU."
        ),
        "timezone": Member(
            zone(),
            "Where its local time is: a zone, or entity for each entity's own, by its label timezone; without it UTC.",
        ),
    },
    _window,
)

FILE = Table(
    {
        "version": Member(exactly(VERSION), "The version of this format.", required=True),
        "builtin": Member(flag(), "Whether the built-in classes and rules come first; they do unless it is false."),
        "interval": Member(
            duration(MIN_INTERVAL_S, MAX_INTERVAL_S), "How often entities are sampled, for `for`; without it 5m."
        ),
        "classes": Member(
            Named(CLASS_MATCH, "classes such as lte", _CLASS_NAME, MAX_CLASSES),
            "Classes of links; the first that matches counts.",
        ),
        "maintenance": Member(
            Many(WINDOW, MAX_WINDOWS, least=0), "Announced maintenance: nothing opens, nothing is learnt."
        ),
        "rules": Member(Many(RULE, MAX_RULES, least=0), "All rules that match apply, in this order."),
    }
)


def schema(shape: Shape = FILE) -> dict[str, Any]:
    """Return the JSON schema of a file of rules."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Detection rules of Satark"}
    return head | shape.schema()
