"""Why a link does nothing, as a result to be counted and a page to be read. Pure."""

from satark.analytics.routes.actions.pages import Page, moment, sorry
from satark.analytics.web.problem import Problem
from satark.runtime.signed import Refusal, TokenError

UNKNOWN_PURPOSE = "unknown"


class NothingDoneError(Exception):
    """Nothing was done; `page` says why, `result` is the metric's label."""

    def __init__(self, result: str, page: Page, *, purpose: str = UNKNOWN_PURPOSE) -> None:
        super().__init__(result)
        self.result = result
        self.page = page
        self.purpose = purpose


def of_token(error: TokenError) -> NothingDoneError:
    """Return why a token does not count."""
    purpose = error.grant.purpose.value if error.grant else UNKNOWN_PURPOSE
    return NothingDoneError(error.reason.value, _page_of(error), purpose=purpose)


def of_problem(problem: Problem) -> NothingDoneError:
    """Return why the store or Kafka did not serve, or the request is not what a page sends."""
    match problem.status:
        case 404:
            page = sorry(
                404, "This incident is not known", "It is too old to be kept, or so young that it is not kept yet."
            )
        case status if status >= 500:  # noqa: PLR2004 - a fault of ours
            page = sorry(status, "That did not work", "Try again in a minute.")
        case status:
            page = sorry(status, "That did not work", f"{problem.detail}.")
    return NothingDoneError(problem.code, page)


def of_another_site() -> NothingDoneError:
    """Return why a form of another site's page does nothing."""
    text = "The button that was pressed is not on our page. Open the link from the mail."
    return NothingDoneError("cross_site", sorry(403, "That came from another page", text))


def _page_of(error: TokenError) -> Page:
    if error.reason is Refusal.EXPIRED and error.grant:
        text = f"It was good until {moment(error.grant.expires)}. A younger mail of the incident has a younger one."
        return sorry(410, "This link has expired", text)
    if error.reason is Refusal.MALFORMED:
        text = "Some mail programs cut long links: copy the whole of it, from the mail's text, into the browser."
        return sorry(404, "This link is not whole", text)
    text = "It was changed on its way, or its key has been taken away."
    return sorry(403, "This link is not good", text)
