import json
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.instance import Change
from satark.detector.alarms.model import AlarmRule
from satark.detector.alarms.reading import load
from satark.detector.alarms.scope import table_of
from satark.uve.alarms import Match
from tests.unit.detector.alarms.worlds import ALARM_FILES, DATA, START, at

RULES = {
    rule.name.removeprefix("system-defined-"): rule for rule in load({f.name: f.read_bytes() for f in ALARM_FILES})
}
ORIGINAL = json.loads((DATA / "analytics" / "builtin-alarms.json").read_text())["alarms"]

DISKS = {"/dev/sda1": {"percentage_partition_space_used": 75}, "/dev/sdb1": {"percentage_partition_space_used": 95}}
SPACE = {"/dev/sda1": {"percentage_partition_space_used": 10}}
STATES = ("PROCESS_STATE_STOPPED", "PROCESS_STATE_RUNNING")
REFS = {"elements": {"virtual_router_refs": '[{"to": ["node7"]}]'}}

WORLDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "node-status": ({"ContrailConfig": {}}, {"NodeStatus": {}}),
    "partial-sysinfo": ({"NodeStatus": {}}, {"NodeStatus": {"build_info": "5.1"}}),
    "process-status": (
        {"NodeStatus": {"process_info": [{"process_name": "agent", "process_state": STATES[0]}]}},
        {"NodeStatus": {"process_info": [{"process_name": "agent", "process_state": STATES[1]}]}},
    ),
    "process-connectivity": (
        {"NodeStatus": {"process_status": [{"module_id": "agent", "instance_id": "0", "state": "Non-Functional"}]}},
        {"NodeStatus": {"process_status": [{"module_id": "agent", "instance_id": "0", "state": "Functional"}]}},
    ),
    "core-files": (
        {"NodeStatus": {"all_core_file_list": ["core.agent.1"]}},
        {"NodeStatus": {"all_core_file_list": []}},
    ),
    "disk-usage-high": ({"NodeStatus": {"disk_usage_info": DISKS}}, {"NodeStatus": {"disk_usage_info": SPACE}}),
    "disk-usage-critical": ({"NodeStatus": {"disk_usage_info": DISKS}}, {"NodeStatus": {"disk_usage_info": SPACE}}),
    "package-version-mismatch": (
        {"NodeStatus": {"running_package_version": "5.1.0-1", "installed_package_version": "5.1.0-2"}},
        {"NodeStatus": {"running_package_version": "5.1.0-2", "installed_package_version": "5.1.0-2"}},
    ),
    "conf-incorrect": ({"NodeStatus": {}}, {"ContrailConfig": {}}),
    "conf-elements-inconsistency": (
        {"ContrailConfig": {"elements": [[{}, "node1"]]}},
        {"ContrailConfig": {"elements": {}}},
    ),
    "bgp-connectivity": (
        {"BgpRouterState": {"num_up_bgp_peer": 1, "num_bgp_peer": 2}},
        {"BgpRouterState": {"num_up_bgp_peer": 2, "num_bgp_peer": 2}},
    ),
    "xmpp-connectivity": (
        {"BgpRouterState": {"num_xmpp_peer": 2}},
        {"BgpRouterState": {"num_up_xmpp_peer": 2, "num_xmpp_peer": 2}},
    ),
    "xmpp-close-reason": (
        {"XmppPeerInfoData": {"close_reason": "timeout", "state_info": {"state": "Active"}}},
        {"XmppPeerInfoData": {"close_reason": "timeout", "state_info": {"state": "Established"}}},
    ),
    "address-mismatch-control": (
        {
            "ContrailConfig": {"elements": {"bgp_router_parameters": '{"address": "10.0.0.1"}'}},
            "BgpRouterState": {"bgp_router_ip_list": ["10.0.0.2"]},
        },
        {
            "ContrailConfig": {"elements": {"bgp_router_parameters": '{"address": "10.0.0.1"}'}},
            "BgpRouterState": {"bgp_router_ip_list": ["10.0.0.1"]},
        },
    ),
    "address-mismatch-compute": (
        {
            "ContrailConfig": {"elements": {"virtual_router_ip_address": '"10.0.0.1"'}},
            "VrouterAgent": {"control_ip": "10.0.0.2"},
        },
        {
            "ContrailConfig": {"elements": {"virtual_router_ip_address": '"10.0.0.1"'}},
            "VrouterAgent": {"control_ip": "10.0.0.1"},
        },
    ),
    "vrouter-interface": ({"VrouterAgent": {"down_interface_count": 1}}, {"VrouterAgent": {"down_interface_count": 0}}),
    "vrouter-limit-exceeded": ({"VrouterAgent": {"res_limit": True}}, {"VrouterAgent": {"res_limit": False}}),
    "vrouter-table-limit-exceeded": (
        {"VrouterAgent": {"res_table_limit": True}},
        {"VrouterAgent": {"res_table_limit": False}},
    ),
    "vrouter-l3mh-physical-interface-link-down": (
        {"VrouterAgent": {"l3mh_phy_interface_down": True}},
        {"VrouterAgent": {"l3mh_phy_interface_down": False}},
    ),
    "prouter-connectivity": (
        {"ContrailConfig": REFS, "ProuterData": {"connected_agent_list": []}},
        {"ContrailConfig": REFS, "ProuterData": {"connected_agent_list": ["node7"]}},
    ),
    "prouter-tsn-connectivity": (
        {"ContrailConfig": REFS, "ProuterData": {"tsn_agent_list": ["node7"], "gateway_mode": "SERVER"}},
        {"ContrailConfig": REFS, "ProuterData": {"tsn_agent_list": ["node7"], "gateway_mode": "NONE"}},
    ),
    "storage-cluster-state": (
        {"StorageCluster": {"info_stats": [{"status": 1, "health_summary": "HEALTH_WARN"}]}},
        {"StorageCluster": {"info_stats": [{"status": 0, "health_summary": "HEALTH_OK"}]}},
    ),
    "pending-cassandra-compaction-tasks": (
        {"CassandraStatusData": {"cassandra_compaction_task": {"pending_compaction_tasks": 300}}},
        {"CassandraStatusData": {"cassandra_compaction_task": {"pending_compaction_tasks": 299}}},
    ),
    "bottle-request-size-limit": (
        {"UveConfigReq": {"err_info": {"size": "true"}}},
        {"UveConfigReq": {"err_info": {"size": "false"}}},
    ),
}


WAITS_FOR_NOTHING = {"core-files", "xmpp-close-reason"}
"""Those that hold only for what is there."""


def as_provisioned(rule: AlarmRule) -> dict[str, Any]:
    """Return a rule in the form of the original's provisioning."""
    provisioned = {
        "fq_name": rule.type,
        "severity": rule.severity.level,
        "uve_keys": list(rule.uve_keys),
        "description": rule.description,
        "or_list": [together.and_list for together in rule.or_list],
    }
    return dict(msgspec.json.decode(msgspec.json.encode(provisioned)))


class TestBuiltIn:
    def test_as_the_original(self) -> None:
        """The rules are those that the original provisions, but for the two that are mended."""
        ours = {rule.type: as_provisioned(rule) for rule in RULES.values()}
        theirs = {alarm["fq_name"]: alarm for alarm in ORIGINAL}
        differing = {kind.rpartition("system-defined-")[2] for kind in ours if ours[kind] != theirs.get(kind)}

        assert theirs.keys() <= ours.keys()
        assert {"pending-cassandra-compaction-tasks", "bottle-request-size-limit"} == differing

    @pytest.mark.parametrize("name", RULES)
    def test_sets_and_clears(self, name: str) -> None:
        """Each built-in alarm is set at every type it names by an object in trouble, and cleared when that is over."""
        bad, good = WORLDS[name]

        for kind in RULES[name].uve_keys:
            engine, key = AlarmEngine([RULES[name]]), f"{table_of(kind)}:x"
            begun = engine.step(None, key, bad, START)
            opened = engine.step(begun.state, key, bad, at(60))
            resolved = engine.step(opened.state, key, good, at(61))

            assert [[Change.OPENED], [Change.RESOLVED]] == [
                [e.change for e in one] for one in (begun.events + opened.events, resolved.events)
            ]
            assert ((), ()) == (opened.findings, resolved.findings)

    def test_what_is_missing_may_still_come(self) -> None:
        """What a daemon that starts tells comes piece by piece: rules that hold for what is missing wait a minute."""
        missing = {kind for kind, rule in RULES.items() if "null" in str(as_provisioned(rule)["or_list"])}

        assert {"node-status", "conf-incorrect", "process-status", "bgp-connectivity"} <= missing
        assert {60.0} == {RULES[kind].activate_after_s for kind in missing - WAITS_FOR_NOTHING}

    def test_they_are_those_that_are_published(self) -> None:
        """What is shipped with the detector is what the folder of schemas shows."""
        shipped = {each.name: each.read_bytes() for each in (files("satark.detector.alarms") / "builtin").iterdir()}

        assert {each.name: each.read_bytes() for each in ALARM_FILES} == shipped

    def test_what_is_told(self) -> None:
        """The disk that is too full is told by its name, and no other."""
        (event,) = (
            AlarmEngine([RULES["disk-usage-critical"]])
            .step(None, "ObjectVRouter:x", WORLDS["disk-usage-critical"][0], START)
            .events
        )

        variables = {"NodeStatus.disk_usage_info.__key": '"/dev/sdb1"'}
        assert (Match(json_operand1_value="95", json_variables=variables),) == (
            event.alarm.alarm_rules.or_list[0].and_list[0].match
        )
