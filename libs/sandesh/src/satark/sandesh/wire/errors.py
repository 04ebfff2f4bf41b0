"""What can be wrong with bytes from a peer or values from a caller; nothing else is raised by the wire and the session."""

from typing import ClassVar, Self


class SandeshError(ValueError):
    """Base of them all. `closes`: after it the rest of the connection cannot be trusted and must be closed."""

    closes: ClassVar[bool] = True


class FrameError(SandeshError):
    """The stream is not a sequence of frames (clause 3.1)."""


class BadPrefixError(FrameError):
    """A frame does not begin with the opening tag."""


class BadLengthError(FrameError):
    """The length is no ten digits, or less than the two tags need."""


class FrameTooLargeError(FrameError):
    """The length is beyond the limit of the reader or the writer."""


class WrongEndError(FrameError):
    """There is no closing tag where the length says, nor at another believable place."""


class TruncatedFrameError(FrameError):
    """The stream ends inside a frame."""


class MalformedError(SandeshError):
    """A frame's content is not a header and one well-formed message."""


class HeaderError(MalformedError):
    """The header has a value of the wrong type, or text between its fields."""


class ControlError(SandeshError):
    """A control message that is unknown here, or whose fields are not what they must be (clause 3.5)."""


class PathError(SandeshError):
    """A value is wrong; `path` says where, from the message down, as `Name.field[2].inner`."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem

    def within(self, step: str) -> Self:
        """The same error seen from one level further out."""
        inner = self.path if not self.path or self.path.startswith("[") else f".{self.path}"
        self.path = f"{step}{inner}"
        return self


class BodyError(PathError):
    """A well-formed message has a value of the wrong type or shape; the frames after it are sound."""

    closes = False


class EncodeError(PathError):
    """A caller's value does not fit its field."""

    closes = False
