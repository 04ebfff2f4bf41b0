import json
from typing import Any

import pytest
from hypothesis import given, settings

from satark.detector.alarms.scope import TABLES, scope_of, table_of
from tests.unit.detector.alarms.worlds import DATA, OBJECTS, rule

PROJECT = "default-domain:demo"


class TestTables:
    def test_known_types(self) -> None:
        """Every type that a built-in alarm names, but for the original's slip, has a table."""
        alarms = json.loads((DATA / "analytics" / "builtin-alarms.json").read_text())["alarms"]
        named = {kind for alarm in alarms for kind in alarm["uve_keys"]}

        assert named - set(TABLES) == {"database-nodeconfig-database-node"}
        assert len(TABLES) == 37

    def test_a_table_by_itself(self) -> None:
        """A type without a name of its own is its table."""
        assert table_of("ObjectNewTable") == "ObjectNewTable"


class TestScope:
    @pytest.mark.parametrize(
        ("uve_key", "key", "expected"),
        [
            ("vrouter", "ObjectVRouter:node7", True),
            ("ObjectVRouter", "ObjectVRouter:node7", True),
            ("vrouter:node7", "ObjectVRouter:node7", True),
            ("vrouter:node7", "ObjectVRouter:node77", False),
            ("vrouter", "ObjectVNTable:node7", False),
            ("virtual-network:a:b:c", "ObjectVNTable:a:b:c", True),
        ],
    )
    def test_keys(self, uve_key: str, key: str, expected: bool) -> None:
        """A rule is about all objects of a type, or about the one that it names."""
        assert expected is scope_of(rule(uve_keys=[uve_key])).covers(key, {})

    @pytest.mark.parametrize(
        ("name", "expected"),
        [(f"{PROJECT}:vn1", True), (PROJECT, True), ("default-domain:demo2:vn1", False), ("vn1", False)],
    )
    def test_project(self, name: str, expected: bool) -> None:
        """A rule of a project is about the objects whose names begin with it."""
        scoped = rule(parent=PROJECT, uve_keys=["virtual-network"])

        assert expected is scope_of(scoped).covers(f"ObjectVNTable:{name}", {})

    @pytest.mark.parametrize(
        ("interfaces", "expected"),
        [
            ([f"{PROJECT}:if1", "default-domain:other:if2"], True),
            (["default-domain:other:if2", f"{PROJECT}:if1"], False),
            (json.dumps([f"{PROJECT}:if1"]), True),
            ([], False),
            (None, False),
            ([7], False),
        ],
    )
    def test_project_of_a_machine(self, interfaces: Any, expected: bool) -> None:
        """A virtual machine is of the project of its first interface."""
        scoped = rule(parent=PROJECT, uve_keys=["virtual-machine"])
        uve = {"UveVirtualMachineAgent": {"interface_list": interfaces}}

        assert expected is scope_of(scoped).covers("ObjectVMTable:0a1b", uve)
        assert scope_of(scoped).covers("ObjectVMTable:0a1b", {}) is False

    @pytest.mark.parametrize(("uve_keys", "expected"), [(["analytics-node"], False), (["analytics-node:gw"], True)])
    def test_a_gateway_of_satark_is_no_node_of_contrail(self, uve_keys: list[str], expected: bool) -> None:
        """Rules about all collectors are not about it; one that names it is. Any other collector is covered."""
        scope = scope_of(rule(uve_keys=uve_keys))

        assert expected is scope.covers("ObjectCollectorInfo:gw", {"CollectorState": {"build_info": "satark 1"}})
        assert scope.covers("ObjectCollectorInfo:gw", {"CollectorState": {"build_info": "1"}})

    @settings(deadline=None)
    @given(OBJECTS)
    def test_never_raises(self, content: dict[str, Any]) -> None:
        """Whatever a virtual machine's object holds, it is of the project or not."""
        scoped = rule(parent=PROJECT, uve_keys=["virtual-machine"])

        assert scope_of(scoped).covers("ObjectVMTable:x", {"UveVirtualMachineAgent": content}) is False
