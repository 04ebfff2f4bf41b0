"""What v2 answers when it refuses a request: an HTTP status, and one object with a code and texts (1.2)."""

from typing import Any


class RestError(Exception):
    """A refusal. Subclasses have their status and code; the message is the texts'."""

    status = 500
    code = "InternalServerError"

    def __init__(self, message: str = "An unexpected error occurred") -> None:
        super().__init__(message)
        self.message = message

    def body(self) -> dict[str, Any]:
        """Return the error object."""
        return {"code": self.code, "message": self.message, "displayMessage": self.message, "documentation": ""}


class ValidationError(RestError):
    """A query parameter has the wrong form."""

    status = 400
    code = "ValidationError"


class UnAuthorized(RestError):  # noqa: N818 - the API's word
    """The credential is no good."""

    status = 401
    code = "UnAuthorized"

    def __init__(self) -> None:
        super().__init__("The supplied credential is missing, expired or revoked")


class Forbidden(RestError):  # noqa: N818 - the API's word
    """The credential is good, but not for this. The document has no such status: assumed."""

    status = 403
    code = "ForbiddenError"

    def __init__(self, privilege: str) -> None:
        super().__init__(f"user does not have the privilege [{privilege}] required to access this resource")


class ResourceNotFoundError(RestError):
    """There is no such thing."""

    status = 404
    code = "ResourceNotFoundError"


class UnsupportedMediaTypeError(RestError):
    """The request's body is said to be something else than JSON."""

    status = 415
    code = "UnsupportedMediaTypeError"

    def __init__(self) -> None:
        super().__init__("Content-Type must be application/json")


class DataValidationError(RestError):
    """A query parameter has the right form and an impossible value."""

    status = 422
    code = "DataValidationError"


class RateLimitExceededError(RestError):
    """Too many requests, or one during the penalty."""

    status = 429
    code = "RateLimitExceededError"

    def __init__(self) -> None:
        super().__init__("Too many requests")
