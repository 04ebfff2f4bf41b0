from ipaddress import ip_address
from typing import Any
from uuid import UUID

import pytest

from satark.simulators.generators.messages.machines import (
    FloatingIp,
    UveProuterAgent,
    UveProuterAgentTrace,
    UveVMInterfaceAgent,
    UveVMInterfaceAgentTrace,
)
from satark.simulators.generators.messages.nodes import NodeStatus, NodeStatusUVE
from satark.simulators.generators.shares import ShareName, attributes_of, changes, name_of, plain_of, state_of


def interface(name: str = "a", **values: Any) -> UveVMInterfaceAgentTrace:
    """Return the UVE of an interface."""
    return UveVMInterfaceAgentTrace(data=UveVMInterfaceAgent(name=name, **values))


def switch(**values: Any) -> UveProuterAgentTrace:
    """Return a UVE of a proxy."""
    return UveProuterAgentTrace(data=UveProuterAgent(name="switch", proxy="gw", **values))


class TestNames:
    def test_annotated(self) -> None:
        """The table is that of the key's annotation."""
        assert ShareName("ObjectVMITable", "a", "UveVMInterfaceAgent") == name_of(interface())

    def test_given_table(self) -> None:
        """A table that was given with the message goes before."""
        status = NodeStatusUVE(data=NodeStatus(name="host"), table="ObjectVRouter")

        assert ShareName("ObjectVRouter", "host", "NodeStatus") == name_of(status)

    def test_proxy(self) -> None:
        """The struct of a proxy has its name."""
        assert "UveProuterAgent-gw" == name_of(switch()).struct

    def test_twice(self) -> None:
        """Two UVEs of one name are a mistake of a scenario."""
        with pytest.raises(ValueError, match="two UVEs are"):
            state_of([interface(), interface()])


class TestChanges:
    def test_new(self) -> None:
        """What was not there is told as a whole."""
        message = interface(label=1, active=True)

        assert [message] == list(changes({}, state_of([message])))

    def test_same(self) -> None:
        """What did not change is not told."""
        assert [] == list(changes(state_of([interface(label=1)]), state_of([interface(label=1)])))

    def test_changed(self) -> None:
        """Of what changed the changed attributes are told."""
        before, after = interface(label=1, active=True), interface(label=2, active=True)

        assert [interface(label=2)] == list(changes(state_of([before]), state_of([after])))

    def test_set_later(self) -> None:
        """An attribute may come later."""
        assert [interface(label=2)] == list(changes(state_of([interface()]), state_of([interface(label=2)])))

    def test_gone(self) -> None:
        """What is gone is told to be deleted, before anything new."""
        told = list(changes(state_of([interface(label=1)]), state_of([interface("b", label=1)])))

        assert [interface(deleted=True), interface("b", label=1)] == told

    def test_proxy_is_always_told(self) -> None:
        """What changes of a proxy, or goes, still says whose it is."""
        before, after = switch(connected_agent="x"), switch(connected_agent="y")

        assert [after] == list(changes(state_of([before]), state_of([after])))
        assert [switch(deleted=True)] == list(changes(state_of([before]), {}))

    def test_table_is_kept(self) -> None:
        """A deletion goes to the table that was given."""
        status = NodeStatusUVE(data=NodeStatus(name="host", status="x"), table="ObjectVRouter")

        (gone,) = changes(state_of([status]), {})
        assert "ObjectVRouter" == gone.table

    def test_cannot_be_unset(self) -> None:
        """A state that loses an attribute cannot be told, which is a mistake of a scenario."""
        with pytest.raises(ValueError, match="loses label"):
            list(changes(state_of([interface(label=1)]), state_of([interface()])))


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (True, True),
            (-5, -5),
            (0.5, 0.5),
            ("<&>", "<&>"),
            (ip_address("fe80::1"), "fe80::1"),
            (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            ([1, 2], [1, 2]),
            ({"b", "a"}, ["a", "b"]),
            ({1: "x"}, {"1": "x"}),
            (FloatingIp(virtual_network="n"), {"virtual_network": "n"}),
        ],
    )
    def test_values(self, value: object, expected: object) -> None:
        """Values are as they are read from the wire without a definition."""
        assert expected == plain_of(value)

    def test_nothing_else(self) -> None:
        """What no field can hold is refused."""
        with pytest.raises(TypeError, match="complex"):
            plain_of(1j)

    def test_attributes(self) -> None:
        """Attributes go by their names on the wire; the key is none, `proxy` and `deleted` are."""
        assert {"ip_address": "10.0.0.1"} == attributes_of(interface(ip_address=ip_address("10.0.0.1")))
        assert {"proxy": "gw", "deleted": False} == attributes_of(switch(deleted=False))
