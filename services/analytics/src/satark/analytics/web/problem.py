"""Refusals, as RFC 9457 has them."""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """The request is refused, or could not be answered.

    `detail` is for a person and names what was wrong and where; `code` is a short stable word for programs.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members
