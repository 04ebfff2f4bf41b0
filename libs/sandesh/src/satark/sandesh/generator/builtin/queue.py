"""The send queue: whether it runs, and how full it may be for which logs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from satark.sandesh.generator.builtin.sending import level_named
from satark.sandesh.generator.messages import sending as m
from satark.sandesh.generator.requests import Asked, Handler, RefusedError
from satark.sandesh.session.levels import Mark
from satark.sandesh.types import Level, Message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator


def handlers(generator: "Generator") -> Mapping[type[Message], Handler]:
    """The requests and who answers them."""
    answers = _Queue(generator)
    return {
        m.SandeshSendQueueSet: answers.switch,
        m.SandeshSendQueueStatus: answers.state,
        m.SandeshSendQueueParamsSet: answers.set_mark,
        m.SandeshSendQueueParamsReset: answers.reset_marks,
        m.SandeshSendQueueParamsStatus: answers.marks,
    }


class _Queue:
    def __init__(self, generator: "Generator") -> None:
        self._generator = generator
        self._first = generator.outbox.queue.marks

    def switch(self, request: m.SandeshSendQueueSet, asked: Asked) -> Message:
        """Hold the queue, or let it go; without a value neither."""
        if request.enable is not None:
            self._generator.set_send_queue(enabled=request.enable)
        return self.state(m.SandeshSendQueueStatus(), asked)

    def state(self, _request: m.SandeshSendQueueStatus, _asked: Asked) -> Message:
        """Whether the queue runs."""
        return m.SandeshSendQueueResponse(enable=self._generator.writer.enabled)

    def set_mark(self, request: m.SandeshSendQueueParamsSet, asked: Asked) -> Message:
        """Set one mark, in place of the one of its level or of its size."""
        if request.high is None or request.queue_count is None or request.sending_level is None:
            raise RefusedError("high, queue_count and sending_level are needed")
        mark = Mark(request.queue_count, level_named(request.sending_level, "sending_level"))
        queue = self._generator.outbox.queue
        with self._generator.lock:
            high, low = queue.marks
            queue.marks = (with_mark(high, mark), low) if request.high else (high, with_mark(low, mark))
        return self.marks(m.SandeshSendQueueParamsStatus(), asked)

    def reset_marks(self, _request: m.SandeshSendQueueParamsReset, asked: Asked) -> Message:
        """Have the marks that the program began with."""
        with self._generator.lock:
            self._generator.outbox.queue.marks = self._first
        return self.marks(m.SandeshSendQueueParamsStatus(), asked)

    def marks(self, _request: m.SandeshSendQueueParamsStatus, _asked: Asked) -> Message:
        """All marks, those for a filling queue first, the largest first."""
        high, low = self._generator.outbox.queue.marks
        return m.SandeshSendQueueParamsResponse(
            info=[
                m.SandeshSendQueueParams(
                    high=is_high, queue_count=each.size_bytes, sending_level=Level(each.level).name
                )
                for is_high, marks in ((True, high), (False, low))
                for each in reversed(marks)
            ]
        )


def with_mark(marks: tuple[Mark, ...], mark: Mark) -> tuple[Mark, ...]:
    """The marks with one more in ascending order; at most one for each level and each size."""
    others = [each for each in marks if each.level != mark.level and each.size_bytes != mark.size_bytes]
    return tuple(sorted([*others, mark], key=lambda each: each.size_bytes))
