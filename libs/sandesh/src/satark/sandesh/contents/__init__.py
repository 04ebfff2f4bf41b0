"""What a decoded message holds for a collector: shares of UVEs, objects, statistics, sessions and words (clauses 6.3 to 6.7).

Everything here is a function of one `Received`. Bodies are trees, as `decode_frame` gives them without classes; one of
a generated class is first written and read again as a tree, which costs as much as both. What a peer sends can lead to
`ContentError` and nothing else; a body of a class that its program filled wrongly leads to `EncodeError`.
"""

from satark.sandesh.contents.bodies import tree_of, without_identifiers
from satark.sandesh.contents.errors import ContentError
from satark.sandesh.contents.objects import MAX_OBJECTS, ObjectKey, object_keys
from satark.sandesh.contents.rows import TRAFFIC, Flow, SessionRow, Sessions, Side
from satark.sandesh.contents.sample import Sample, Samples
from satark.sandesh.contents.samples import MAX_SAMPLES, samples_of
from satark.sandesh.contents.sessions import MAX_FLOWS, MAX_SESSIONS, sessions_of
from satark.sandesh.contents.shares import Share, share_of
from satark.sandesh.contents.text import body_xml, plain_text

__all__ = [
    "MAX_FLOWS",
    "MAX_OBJECTS",
    "MAX_SAMPLES",
    "MAX_SESSIONS",
    "TRAFFIC",
    "ContentError",
    "Flow",
    "ObjectKey",
    "Sample",
    "Samples",
    "SessionRow",
    "Sessions",
    "Share",
    "Side",
    "body_xml",
    "object_keys",
    "plain_text",
    "samples_of",
    "sessions_of",
    "share_of",
    "tree_of",
    "without_identifiers",
]
