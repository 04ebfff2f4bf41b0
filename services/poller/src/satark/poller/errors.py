"""What can go wrong with an orchestrator, by what a caller can do about it.

OrchestratorError
├── UnreachableError       unreachable    no connection, no answer in time, cut off
├── InsecureError          tls            its certificate is not trusted: the operator's business
├── ServerError            server_error   HTTP 500-512, "internal error"
├── BrokenAnswerError      broken_answer  not JSON, cut off in the middle
├── RateLimitedError       rate_limited   HTTP 429
├── UnknownApiError        api_error      an error object or a status that no rule knows
├── AuthError              auth_failed    token or session is not, or no longer, accepted
│   └── LoginRefusedError  auth_failed    user name and password are not accepted
├── PrivilegeError         privilege      the credential may not read this
├── MethodError            method         this release lacks the method
├── ValidationError        validation     the orchestrator says the request is wrong
├── TooLargeError          too_large      more bytes than the limit
└── WrongShapeError        wrong_shape    JSON, but not what the method is documented to answer

Messages name the orchestrator, the method and what was seen, and never hold a credential.
"""

from typing import ClassVar


class OrchestratorError(Exception):
    """An orchestrator did not give what was asked for.

    `reason` is a short stable word, `retryable` says whether asking again may help. `body` holds the answer as it came,
    without credentials, where it is worth keeping.
    """

    reason: ClassVar[str] = "api_error"
    retryable: ClassVar[bool] = True
    body: bytes = b""

    def __init__(self, orchestrator: str, method: str, detail: str) -> None:
        super().__init__(f"{orchestrator}: {method}: {detail}")
        self.orchestrator = orchestrator
        self.method = method
        self.detail = detail


class UnreachableError(OrchestratorError):
    """Nobody answered, or not to the end."""

    reason = "unreachable"


class InsecureError(OrchestratorError):
    """The certificate is not trusted. Asking again does not change that."""

    reason = "tls"
    retryable = False


class ServerError(OrchestratorError):
    """The orchestrator says that it failed."""

    reason = "server_error"


class BrokenAnswerError(OrchestratorError):
    """The answer is no JSON, most likely cut off; `body` holds it where it came to an end."""

    reason = "broken_answer"

    def __init__(self, orchestrator: str, method: str, detail: str, *, body: bytes = b"") -> None:
        super().__init__(orchestrator, method, detail)
        self.body = body


class RateLimitedError(OrchestratorError):
    """Too many requests: be silent for `wait_s` seconds."""

    reason = "rate_limited"

    def __init__(self, orchestrator: str, method: str, detail: str, *, wait_s: float) -> None:
        super().__init__(orchestrator, method, detail)
        self.wait_s = wait_s


class UnknownApiError(OrchestratorError):
    """An error that no rule knows; the vendor may change texts without notice."""

    reason = "api_error"


class AuthError(OrchestratorError):
    """The token or session is not accepted."""

    reason = "auth_failed"
    retryable = False


class LoginRefusedError(AuthError):
    """The user name or the password is not accepted. Asking often locks the account."""


class PrivilegeError(OrchestratorError):
    """The credential may not read this; others may still be readable."""

    reason = "privilege"
    retryable = False


class MethodError(OrchestratorError):
    """This release of the orchestrator does not know the method."""

    reason = "method"
    retryable = False


class ValidationError(OrchestratorError):
    """The orchestrator finds the request wrong."""

    reason = "validation"
    retryable = False


class TooLargeError(OrchestratorError):
    """The answer is larger than the limit."""

    reason = "too_large"
    retryable = False


class WrongShapeError(OrchestratorError):
    """The answer, or a part of it, is JSON, but not of the method's documented shape; `body` holds it as it came."""

    reason = "wrong_shape"
    retryable = False

    def __init__(self, orchestrator: str, method: str, detail: str, *, body: bytes) -> None:
        super().__init__(orchestrator, method, detail)
        self.body = body
