"""How the console's pages put things: numbers, symptoms and changes, asked of their modules in Chromium."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from satark.analytics.store.client import Store
from tests.console.rig import rig
from tests.support.browser import IN_BROWSER, Watched, browser

pytestmark = [*IN_BROWSER]
WAS = "<A><data><S><drops type='struct'><Drops><discard>4</discard><other>0</other></Drops></drops><cpu>0.2</cpu></S></data></A>"
NOW = WAS.replace("<discard>4", "<discard>8")


@pytest.fixture
async def page(store: Store) -> AsyncIterator[Watched]:
    """A page of the console, whose modules can be asked."""
    async with rig(store) as served, browser() as chromium, chromium.page(served.url) as opened:
        await opened.goto("console/incidents")
        yield opened


async def asked(page: Watched, module: str, expression: str, *values: Any) -> Any:
    """Return what an expression over `module` is in the page."""
    return await page.page.evaluate(
        f"(values) => import('/static/{module}.js').then((module) => {expression})", list(values)
    )


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (93.2, "ms", "93.2 ms"),
        (8.6e6, "bit/s", "8.6 Mbit/s"),
        (455_724, "bit/s", "455.7 kbit/s"),
        (2e9, "", "2.0 G"),
        (0.25, "%", "0.25 %"),
        (None, "ms", "\u2013"),
    ],
)
async def test_numbers(page: Watched, value: float | None, unit: str, text: str) -> None:
    """A number has its unit, and a large one the unit's prefix."""
    said = await asked(page, "words", "module.number(...values)", value, unit)

    assert said.replace("\u00a0", " ") == text


async def test_the_worst_symptom_is_first(page: Watched) -> None:
    """Symptoms are told by how far they are from normal; those that are over come last."""
    symptoms = [{"active": True, "distance": 3}, {"active": False, "distance": 9}, {"active": True, "distance": 7}]

    ordered = await asked(page, "symptoms", "module.worstFirst(values)", *symptoms)

    assert [each["distance"] for each in ordered] == [7, 3, 9]


async def test_of_a_change_only_what_differs_is_told(page: Watched) -> None:
    """Of values within a value those that are as before are left out, and the others have their names."""
    both = "values.map((each) => module.attributes(each).get('drops'))"

    changed = await asked(page, "changes", f"module.apart(...{both})", WAS, NOW)

    assert changed == ["discard=4", "discard=8"]
