"""Bases of generated classes. A generated class is a dataclass whose fields are all `T | None = None`: None is unset.

    @dataclass(slots=True, kw_only=True)
    class Inner(Struct):
        __sandesh__: ClassVar[Layout] = Layout(name="Inner", fields=(Field(id=1, name="tag", type=STRING),))
        tag: str | None = None

Unset fields are not sent. One ClassVar holds everything that is not data, because any other name may be a field's.
"""

from dataclasses import dataclass
from typing import ClassVar

from satark.sandesh.types.descriptors import Layout, MessageLayout


class Struct:
    """Base of generated structs and unions."""

    __slots__ = ()
    __sandesh__: ClassVar[Layout]


class Message:
    """Base of generated messages of every kind that is not state."""

    __slots__ = ()
    __sandesh__: ClassVar[MessageLayout]


@dataclass(slots=True, kw_only=True)
class UveMessage(Message):
    """Base of generated uve, dynamicuve and alarm messages, whose first field is `data`.

    `table` replaces the `key` annotation of the data's field `name`; a received message has here what was sent.
    """

    table: str | None = None
