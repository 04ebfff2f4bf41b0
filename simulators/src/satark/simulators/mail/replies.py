"""Scripted misbehaviour of the SMTP server: temporary and permanent refusals, dropped connections, slowness."""

import re
from dataclasses import dataclass
from typing import Literal

Stage = Literal["ehlo", "mail", "rcpt", "data", "stored"]
"""Where a rule strikes. `data`: after the mail was read, before it is kept; `stored`: after it is, before the reply."""

MAX_RULES = 100
_REPLY = re.compile(r"[2-5][0-9]{2} [ -~]{1,400}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens at a stage; `recipient` narrows stage rcpt, `times` None means always.

    A rule first waits `delay_s`, then drops the connection, or gives its reply, or lets the dialogue go on.
    """

    stage: Stage
    reply: str | None = None
    recipient: str | None = None
    times: int | None = 1
    delay_s: float = 0.0
    drop: bool = False


class ReplyScript:
    """The rules in force, the oldest first."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def reply(self, text: str, *, stage: Stage, recipient: str | None = None, times: int | None = 1) -> None:
        """Give a reply such as `451 4.3.0 try again later` instead of going on."""
        self.add(Rule(stage, reply=text, recipient=recipient, times=times))

    def drop(self, *, stage: Stage, times: int | None = 1) -> None:
        """Drop the connection."""
        self.add(Rule(stage, times=times, drop=True))

    def slow(self, delay_s: float, *, stage: Stage, times: int | None = 1) -> None:
        """Wait before going on."""
        self.add(Rule(stage, times=times, delay_s=delay_s))

    def add(self, rule: Rule) -> None:
        """Add a rule.

        Raises ValueError when there are too many, or the reply is no SMTP reply of one line.
        """
        if len(self._rules) >= MAX_RULES:
            raise ValueError(f"more than {MAX_RULES} rules")
        if rule.reply is not None and not _REPLY.fullmatch(rule.reply):
            raise ValueError(f"{rule.reply!r} is no SMTP reply")
        self._rules.append(rule)

    def clear(self) -> None:
        """Behave well again."""
        self._rules.clear()

    def take(self, stage: Stage, recipient: str | None = None) -> Rule | None:
        """Return the rule that is due, using up one of its times."""
        for number, rule in enumerate(self._rules):
            if rule.stage == stage and rule.recipient in {None, recipient}:
                if rule.times is not None:
                    left = rule.times - 1
                    self._rules[number : number + 1] = [_with_times(rule, left)] if left else []
                return rule
        return None


def _with_times(rule: Rule, times: int) -> Rule:
    return Rule(rule.stage, rule.reply, rule.recipient, times, rule.delay_s, rule.drop)
