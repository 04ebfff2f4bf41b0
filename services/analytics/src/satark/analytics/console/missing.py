"""The page in the place of one that cannot be shown: what was asked for is not there, or the store does not answer."""

from starlette.requests import Request
from starlette.responses import Response

from satark.analytics.console.shell import View, respond


def missing(request: Request, section: str, what: str) -> Response:
    """Answer that something is not there (404)."""
    advice = "It may be spelt another way, be older than what is kept, or have been told to another Satark."
    return _sorry(request, section, f"There is no such {what}", advice, status=404)


def unanswered(request: Request, section: str) -> Response:
    """Answer that the store does not (503)."""
    advice = (
        "Nothing is lost: what happens now is kept in Kafka. Pipeline says what is wrong; load this page again then."
    )
    return _sorry(request, section, "The store does not answer", advice, status=503)


def _sorry(request: Request, section: str, title: str, advice: str, *, status: int) -> Response:
    values = {"what": title, "advice": advice}
    return respond(
        request,
        View(template="missing.html.j2", title=title, section=section, module="page", values=values, status=status),
    )
