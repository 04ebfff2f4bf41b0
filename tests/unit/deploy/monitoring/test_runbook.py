import re

import pytest

from tests.support.environment import REPOSITORY
from tests.unit.deploy.monitoring.pages import anchors

HOW_TO = REPOSITORY / "docs" / "how-to"
PAGES = ("run-it", "check", "back-up-and-restore", "upgrade")
CHECKING = REPOSITORY / "libs" / "runtime" / "src" / "satark" / "runtime" / "checking"
PLACE = re.compile(r"docs/how-to/([\w-]+\.md)#([\w-]+)")


def places() -> list[tuple[str, str]]:
    """Return the places in the documentation that `satark check` sends people to."""
    return sorted({place for module in CHECKING.glob("*.py") for place in PLACE.findall(module.read_text())})


@pytest.mark.parametrize(("page", "anchor"), places())
def test_what_check_sends_people_to_is_there(page: str, anchor: str) -> None:
    """Each place exists, whatever the page is called next."""
    assert anchor in anchors((HOW_TO / page).read_text())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_links_only_what_there_is(page: str) -> None:
    """Files, and headings in them."""
    file = HOW_TO / f"{page}.md"
    wrong = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", file.read_text()):
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            wrong.append(link)

    assert [] == wrong


def test_the_documentation_leads_there() -> None:
    """The index names each page."""
    index = (REPOSITORY / "docs" / "README.md").read_text()

    assert [] == [page for page in PAGES if f"how-to/{page}.md" not in index]
