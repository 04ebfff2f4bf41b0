"""What a generator logs locally of the messages that pass it (clause 4.7)."""

import logging

from satark.sandesh.generator.outbox import Dropped
from satark.sandesh.generator.parameters import LoggingParams, SendingParams
from satark.sandesh.generator.texts import one_line
from satark.sandesh.session.causes import TxCause
from satark.sandesh.types import Level, Message

_LEVELS = {
    Level.SYS_DEBUG: logging.DEBUG,
    Level.SYS_INFO: logging.INFO,
    Level.SYS_NOTICE: logging.INFO,
    Level.SYS_WARN: logging.WARNING,
}
_LIMITS = frozenset((TxCause.RATE_LIMITED, TxCause.SENDING_DISABLED))
MAX_TOLD = 1_000
_messages = logging.getLogger("satark.sandesh.messages")
_log = logging.getLogger(__name__)


def log_locally(params: LoggingParams, message: Message, level: int | None, category: str) -> None:
    """One line of the message, if an operator wants it."""
    layout = message.__sandesh__
    known = Level.SYS_INFO if level is None else level
    if params.wants(layout.kind, known, category):
        text = f"{category} [{Level(known).name}]: {layout.name}:{one_line(message)}"
        _messages.log(_LEVELS.get(Level(known), logging.ERROR), text)


class Complaints:
    """Logs why messages are lost: what is invalid every time, what a limit costs once for each message and setting."""

    def __init__(self) -> None:
        self._told: set[tuple[str, TxCause]] = set()
        self._params: SendingParams | None = None

    def note(self, name: str, dropped: Dropped, params: SendingParams) -> None:
        """A message of that name was dropped while `params` were in force."""
        if dropped.cause is TxCause.VALIDATION_FAILED:
            _log.error("%s is not sent: %s", name, dropped.problem)
        if params is not self._params:
            self._params = params
            self._told.clear()
        about = (name, dropped.cause)
        if dropped.cause in _LIMITS and about not in self._told and len(self._told) < MAX_TOLD:
            self._told.add(about)
            _log.warning("%s is not sent: %s, %s; more of them are only counted", name, dropped.cause.value, params)
