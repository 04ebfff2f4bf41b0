"""What can be wrong with a well-formed message when a collector looks into it."""

from satark.sandesh.wire.errors import BodyError


class ContentError(BodyError):
    """A message does not hold what a message of its type must hold; the frames after it are sound."""
