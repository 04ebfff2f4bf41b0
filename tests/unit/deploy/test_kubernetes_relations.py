import re
from urllib.parse import urlsplit

import pytest

from satark.detector.codec import APP_ID
from satark.runtime.groups import split_address
from satark.schemas.topics import all_topics
from tests.support.environment import REPOSITORY
from tests.support.manifests import WAYS, Document, Manifests, Workload, by

SUBMISSION = {465, 587}
HTTPS = 443


@pytest.fixture(params=WAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    """The manifests, by each way to them."""
    return by(request.param)


def reached(workload: Workload, port: int | str) -> int | None:
    """Return the number of a port that a Service or a policy names by number or name; None when the pod has none."""
    return workload.ports.get(port) if isinstance(port, str) else port


def allowed(manifests: Manifests, name: str, direction: str) -> set[tuple[str, int | str]]:
    """Return the protocols and ports that all policies together allow the pods of one part."""
    found = set()
    for policy in manifests.of("NetworkPolicy").values():
        if name in manifests.chosen(policy["spec"]["podSelector"]):
            for rule in policy["spec"].get(direction, ()):
                found |= {(port["protocol"], port["port"]) for port in rule["ports"]}
    return found


def url_port(url: str, default: int) -> int:
    """Return the port of a URL."""
    return urlsplit(url).port or default


class TestSelectors:
    def test_a_part_has_its_own_pods(self, manifests: Manifests) -> None:
        """What makes pods finds them again, and no other's, by labels that the pods have."""
        for name, found in manifests.services.items():
            assert manifests.chosen(found.document["spec"]["selector"]) == {name}
            for spread in found.pod["topologySpreadConstraints"]:
                assert manifests.chosen(spread["labelSelector"]) == {name}

    def test_services_reach_pods(self, manifests: Manifests) -> None:
        """A Service selects the pods of one part, and each of its ports is one of theirs."""
        for service in manifests.of("Service").values():
            (name,) = manifests.chosen({"matchLabels": service["spec"]["selector"]})
            found = manifests.workloads[name]
            for port in service["spec"]["ports"]:
                assert reached(found, port["targetPort"]) == port["port"]

    def test_the_gateway_is_reached_by_name(self, manifests: Manifests) -> None:
        """Daemons and readers find what they look for under the names that the how-to tells."""
        services = manifests.of("Service")

        assert {port["port"] for port in services["gateway"]["spec"]["ports"]} == {8086}
        assert {port["port"] for port in services["analytics"]["spec"]["ports"]} == {8081}
        assert [name for name, found in services.items() if found["spec"]["type"] == "NodePort"] == []

    def test_disruptions_are_bounded(self, manifests: Manifests) -> None:
        """Each part loses one pod at a time to maintenance, and one that does not work holds up nobody."""
        budgets = manifests.of("PodDisruptionBudget")

        assert budgets.keys() == manifests.services.keys()
        for name, budget in budgets.items():
            assert manifests.chosen(budget["spec"]["selector"]) == {name}
            assert budget["spec"]["maxUnavailable"] == 1
            assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"

    def test_a_stateful_set_has_its_service(self, manifests: Manifests) -> None:
        """A StatefulSet's Service is there."""
        wanted = {found["spec"]["serviceName"] for found in manifests.of("StatefulSet").values()}

        assert wanted <= manifests.of("Service").keys()


class TestScaling:
    def test_ends_at_the_partitions(self, manifests: Manifests) -> None:
        """No part has more processes than partitions: what is over has nothing to do."""
        for name, found in manifests.services.items():
            scaler = manifests.of("HorizontalPodAutoscaler").get(name)
            most = scaler["spec"]["maxReplicas"] if scaler else found.document["spec"]["replicas"]
            assert most <= int(found.settings["SATARK_KAFKA_PARTITIONS"])

    def test_autoscalers_have_the_say(self, manifests: Manifests) -> None:
        """An autoscaler's target is there, and says no number itself, which each apply would set again."""
        for name, scaler in manifests.of("HorizontalPodAutoscaler").items():
            target = scaler["spec"]["scaleTargetRef"]
            document = manifests.services[target["name"]].document
            assert name == target["name"]
            assert (document["apiVersion"], document["kind"]) == (target["apiVersion"], target["kind"])
            assert "replicas" not in document["spec"]
            assert 1 < scaler["spec"]["minReplicas"] < scaler["spec"]["maxReplicas"]

    def test_follows_lag(self, manifests: Manifests) -> None:
        """The detector is scaled by the lag of its own group, in a topic that it reads; all others by their own lag."""
        topics = {topic.name for topic in all_topics() if "detector" in topic.consumers}
        scalers = manifests.of("HorizontalPodAutoscaler")

        (metric,) = scalers.pop("detector")["spec"]["metrics"]
        labels = metric["external"]["metric"]["selector"]["matchLabels"]

        assert labels["consumergroup"] == APP_ID
        assert labels["topic"] in topics
        for scaler in scalers.values():
            assert [metric["type"] for metric in scaler["spec"]["metrics"]] == ["Pods"]


class TestNetwork:
    def test_denies_by_default(self, manifests: Manifests) -> None:
        """One policy takes every pod of the namespace, and allows nothing in either direction."""
        denial = manifests.of("NetworkPolicy")["deny-all"]["spec"]

        assert denial == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    def test_policies_are_about_pods(self, manifests: Manifests) -> None:
        """Each policy selects pods, says of both directions what it means, and names ports that its pods have."""
        for policy in manifests.of("NetworkPolicy").values():
            spec: Document = policy["spec"]
            chosen = manifests.chosen(spec["podSelector"])
            assert chosen
            assert {kind.lower() for kind in spec["policyTypes"]} >= spec.keys() & {"ingress", "egress"}
            for rule in spec.get("ingress", ()):
                assert rule["from"]
                lasting = chosen & manifests.services.keys()
                assert [
                    (name, port["port"])
                    for name in lasting
                    for port in rule["ports"]
                    if reached(manifests.workloads[name], port["port"]) is None
                ] == []

    def test_everybody_reaches_names_and_kafka(self, manifests: Manifests) -> None:
        """Every pod may ask for names, and reach the port of Kafka that the settings say."""
        for name, found in manifests.workloads.items():
            brokers = [split_address(text) for text in found.settings["SATARK_KAFKA_BROKERS"].split(",")]
            wanted = {("TCP", port) for _, port in brokers} | {("UDP", 53), ("TCP", 53)}
            assert wanted <= allowed(manifests, name, "egress")

    def test_each_reaches_what_it_talks_to(self, manifests: Manifests) -> None:
        """The poller reaches orchestrators, the notifier the mail server, analytics its store, and no other anything."""
        shared = allowed(manifests, "topics", "egress")
        parts = manifests.services
        smtp = url_port(parts["notifier"].settings["SATARK_NOTIFIER_SMTP_URL"], 465)
        store = parts["analytics"].settings["SATARK_ANALYTICS_STORE"]
        server = {("TCP", url_port(store, 8443))} if store.startswith("clickhouse") else set()
        own = {
            "poller": {("TCP", HTTPS)},
            "detector": set(),
            "notifier": {("TCP", port) for port in SUBMISSION | {HTTPS}},
            "gateway": set(),
            "analytics": server,
        }

        assert {name: allowed(manifests, name, "egress") - shared for name in parts} == own
        assert smtp in SUBMISSION
        assert url_port(parts["poller"].settings["SATARK_POLLER_VCO_URL"], HTTPS) == HTTPS

    def test_each_is_reached_by_whom_it_serves(self, manifests: Manifests) -> None:
        """Prometheus reaches every part, daemons the gateway, readers analytics, and nobody else is let in."""
        for name, found in manifests.services.items():
            assert {port for _, port in allowed(manifests, name, "ingress")} == found.ports.keys()
        assert {port for _, port in allowed(manifests, "topics", "ingress")} == {"ops"}


class TestHowTo:
    def test_names_every_secret(self, manifests: Manifests) -> None:
        """The page has each Secret that must be there, with its keys, in its table."""
        page = (REPOSITORY / "docs/how-to/run-on-kubernetes.md").read_text()
        told: dict[str, str] = {}
        for line in page.splitlines():
            if line.startswith("| `"):
                names, keys = line.split("|")[1:3]
                told |= dict.fromkeys(re.findall(r"`([^`]+)`", names), keys)

        wanted = {
            (file.source, f"`{file.key}`")
            for found in manifests.workloads.values()
            for file in found.files
            if file.kind == "Secret"
        }

        assert {(name, key) for name, key in wanted if key not in told.get(name, "")} == set()
