"""What the portal answers when it refuses a call (1.2).

PortalError
├── TokenError        the credential is missing, wrong or expired: told in the style the settings ask for
├── PrivilegeError    the credential may not do this
├── MethodError       this release has no such method
├── InvalidParams     the params are wrong
├── InvalidRequest    the envelope is wrong
└── InternalError     the orchestrator failed

No public capture shows the codes of token and privilege errors; -32000 is assumed.
"""

from collections.abc import Sequence
from typing import Any


class PortalError(Exception):
    """An error with its JSON-RPC code and, for the REST-like form, its HTTP status."""

    code = -32000
    http_status = 400

    def __init__(self, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data

    def body(self) -> dict[str, Any]:
        """Return the `error` object of both envelopes."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        return error


class TokenError(PortalError):
    """`reason` is "invalid token", "expired token" or "expired session cookie"."""

    http_status = 200

    def __init__(self, reason: str) -> None:
        super().__init__(f"tokenError [{reason}]")


class PrivilegeError(PortalError):
    """`privilege` is e.g. "READ:EDGE"."""

    def __init__(self, privilege: str) -> None:
        target = privilege.rpartition(":")[2].lower()
        super().__init__(f"user does not have the privilege [{privilege}] required to access [{target}]")


class MethodError(PortalError):
    """The method is unknown to this release."""

    code = -32601

    def __init__(self) -> None:
        super().__init__("methodError")


class InvalidParams(PortalError):  # noqa: N818 - the protocol's word
    """A value of the params is refused, in one sentence."""

    code = -32602


class InvalidRequest(PortalError):  # noqa: N818 - the protocol's word
    """The envelope, or the params' shape; `problems` are (code, message, path) triples."""

    code = -32600

    def __init__(self, message: str, problems: Sequence[tuple[str, str, str]] = ()) -> None:
        rows = [{"code": code, "message": text, "path": path} for code, text, path in problems]
        super().__init__(message, {"valid": False, "error": rows, "warning": []} if rows else None)


class InternalError(PortalError):
    """The orchestrator fails for a reason of its own."""

    code = -32603
    http_status = 500

    def __init__(self) -> None:
        super().__init__("An error occurred while processing your request")
