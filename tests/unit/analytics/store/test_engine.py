"""How the embedded engine is configured, on the real one."""

import pytest
from lxml import etree

from satark.analytics.store.client import ENGINE, Store
from satark.analytics.store.statement import Statement

CONFIG = etree.parse(ENGINE).getroot()
SERVER = {element.tag: element.text for element in CONFIG if len(element) == 0 and isinstance(element.tag, str)}
TABLES = {element.tag: element.text for element in CONFIG.iterfind("merge_tree/*")}


class TestConfiguration:
    @pytest.mark.parametrize(("where", "expected"), [("server_settings", SERVER), ("merge_tree_settings", TABLES)])
    def test_the_engine_has_taken_each(self, store: Store, where: str, expected: dict[str, str]) -> None:
        """Every setting is in force, as the engine itself says."""
        asked = Statement(
            f"SELECT name, value FROM system.{where} WHERE name IN {{names:Array(String)}}",  # noqa: S608 - names of ours
            {"names": list(expected)},
        )

        assert expected
        assert expected == dict(store.rows(asked))
