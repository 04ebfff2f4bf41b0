"""The small vocabularies of the protocol: kinds of messages, header types, levels and hints (clause 3.2)."""

from enum import Enum, IntEnum, IntFlag


class SandeshType(IntEnum):
    """The number that says in a header what a message is; the C++ original sends trace objects as TRACE."""

    INVALID = 0
    SYSTEM = 1
    REQUEST = 2
    RESPONSE = 3
    TRACE = 4
    BUFFER = 5
    UVE = 6
    OBJECT = 7
    FLOW = 8
    TRACE_OBJECT = 9
    SYSLOG = 10
    ALARM = 11
    SESSION = 12


class Kind(Enum):
    """What a `sandesh` of the language is; the value is its keyword."""

    SYSTEMLOG = "systemlog"
    OBJECTLOG = "objectlog"
    FLOWLOG = "flowlog"
    SESSIONLOG = "sessionlog"
    TRACE = "trace"
    TRACEOBJECT = "traceobject"
    UVE = "uve"
    DYNAMICUVE = "dynamicuve"
    ALARM = "alarm"
    REQUEST = "request"
    RESPONSE = "response"
    BUFFER = "buffer"

    @property
    def wire_type(self) -> SandeshType:
        """The header's `Type` of a message of this kind."""
        return _WIRE_TYPES[self]

    @property
    def is_uve(self) -> bool:
        """Whether messages of this kind are state, cached and sent again after a reconnect."""
        return self in {Kind.UVE, Kind.DYNAMICUVE, Kind.ALARM}


_WIRE_TYPES = {
    Kind.SYSTEMLOG: SandeshType.SYSTEM,
    Kind.OBJECTLOG: SandeshType.OBJECT,
    Kind.FLOWLOG: SandeshType.FLOW,
    Kind.SESSIONLOG: SandeshType.SESSION,
    Kind.TRACE: SandeshType.TRACE,
    Kind.TRACEOBJECT: SandeshType.TRACE_OBJECT,
    Kind.UVE: SandeshType.UVE,
    Kind.DYNAMICUVE: SandeshType.UVE,
    Kind.ALARM: SandeshType.ALARM,
    Kind.REQUEST: SandeshType.REQUEST,
    Kind.RESPONSE: SandeshType.RESPONSE,
    Kind.BUFFER: SandeshType.BUFFER,
}


class Level(IntEnum):
    """How grave a message is, the lower the graver. The unit-test levels are only ever logged locally."""

    SYS_UVE = -100
    SYS_EMERG = 0
    SYS_ALERT = 1
    SYS_CRIT = 2
    SYS_ERR = 3
    SYS_WARN = 4
    SYS_NOTICE = 5
    SYS_INFO = 6
    SYS_DEBUG = 7
    UT_EMERG = 200
    UT_ALERT = 201
    UT_CRIT = 202
    UT_ERR = 203
    UT_WARN = 204
    UT_NOTICE = 205
    UT_INFO = 206
    UT_DEBUG = 207
    INVALID = 2147483647


class Hint(IntFlag):
    """Bits of the header's `Hints`: stored by object key, negotiation, sent again from the cache."""

    NONE = 0
    KEY = 1
    CONTROL = 2
    SYNC = 4
