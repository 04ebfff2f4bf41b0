"""The `@severity` of a log: on which page of the documentation it stands (clause 1.8)."""

from satark.sandesh.idl.model import Message

SEVERITIES = ("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug", "invalid")  # from the gravest
_OTHER_WORDS = {"err": "error", "warning": "warn", "critical": "crit", "emergency": "emerg", "emergncy": "emerg"}


def severity_of(message: Message) -> str:
    """One of `SEVERITIES`; `invalid` where none is given, or one that does not exist."""
    word = message.tags.get("severity", "").strip().lower()
    word = _OTHER_WORDS.get(word, word)
    return word if word in SEVERITIES else "invalid"
