import json
import re
import shlex

import pytest

from satark.analytics.ingest.shelf import CONSUMER as ANALYTICS_GROUP
from satark.detector.codec import APP_ID as DETECTOR_GROUP
from satark.notifier.app import GROUP as NOTIFIER_GROUP
from satark.poller.ownership import GROUP as POLLER_GROUP
from satark.runtime.acls import OPERATOR, SERVICES, TOPICS_ADMIN, Acl, Operation, Resource, Service, acls_of
from satark.runtime.cli import main
from satark.runtime.commands.topics.acls import commands
from satark.schemas.topics import ANOMALIES, METRICS, NOTIFICATIONS, SILENCES, Topic, all_topics

CREATE, DESCRIBE, READ, WRITE = Operation.CREATE, Operation.DESCRIBE, Operation.READ, Operation.WRITE
LOOK = Operation.DESCRIBE_CONFIGS
BREWED = Topic(
    name="brewed", description="d", key="k", producers=("brewer", "satark pour"), consumers=("taster", "brewer")
)


def allowed(principal: str) -> dict[str, set[Operation]]:
    """Return what a principal may do to each topic of the contract."""
    found = [acl for acl in acls_of(all_topics(), SERVICES) if acl.principal == principal]
    return {acl.name: set(acl.operations) for acl in found if acl.resource is Resource.TOPIC}


class TestAclsOf:
    def test_producers_write_and_consumers_read(self) -> None:
        """Each gets what the table says, its group, and nothing else; the admin may create and look."""
        found = acls_of([BREWED], [Service("taster", groups=("tasters",)), Service("brewer")])

        assert found == (
            Acl("taster", Resource.TOPIC, "brewed", (READ,)),
            Acl("taster", Resource.GROUP, "tasters", (READ,)),
            Acl("brewer", Resource.TOPIC, "brewed", (WRITE, READ)),
            Acl(OPERATOR, Resource.TOPIC, "brewed", (LOOK, WRITE, READ)),
            Acl(OPERATOR, Resource.GROUP, "tasters", (DESCRIBE,)),
            Acl(TOPICS_ADMIN, Resource.TOPIC, "brewed", (CREATE, DESCRIBE)),
        )

    def test_a_name_that_is_no_service_is_a_mistake_of_the_table(self) -> None:
        """A producer or consumer that cannot log in is told, with its topic."""
        with pytest.raises(ValueError, match="brewed: taster is no service"):
            acls_of([BREWED], [Service("brewer")])


class TestContract:
    def test_groups_are_those_of_the_services(self) -> None:
        """The runtime knows no service: the groups that it names are the ones that the services join."""
        joined = {service.name: service.groups for service in SERVICES if service.groups}

        assert joined == {
            "poller": (POLLER_GROUP,),
            "detector": (DETECTOR_GROUP,),
            "notifier": (NOTIFIER_GROUP,),
            "analytics": (ANALYTICS_GROUP,),
        }

    def test_who_tells_people_cannot_invent_incidents(self) -> None:
        """The notifier reads incidents and writes outcomes and dead letters; the poller knows of neither."""
        notifier, poller = allowed("notifier"), allowed("poller")

        assert notifier[ANOMALIES] == {READ}
        assert notifier[NOTIFICATIONS] == {READ, WRITE}
        assert notifier[f"{ANOMALIES}.dlq"] == {WRITE}
        assert METRICS not in notifier
        assert poller[METRICS] == {READ, WRITE}
        assert poller.keys() & {ANOMALIES, NOTIFICATIONS, SILENCES} == set()

    def test_only_the_admin_creates(self) -> None:
        """No service may create a topic; the admin may create every one, and neither read nor write it."""
        admin = allowed(TOPICS_ADMIN)

        assert admin == {topic.name: {CREATE, DESCRIBE} for topic in all_topics()}
        for service in SERVICES:
            assert CREATE not in set().union(*allowed(service.name).values())


class TestCommand:
    def test_the_lines_for_kafka_s_tool(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Every line is a whole call of kafka-acls.sh, for one principal, with the wanted prefix."""
        status = main(["topics", "acls", "--format", "kafka-acls", "--principal-prefix", "User:CN=satark "])

        lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
        named = {line[line.index("--allow-principal") + 1] for line in lines}
        assert status == 0
        assert {line[0] for line in lines} == {"kafka-acls.sh"}
        assert named == {f"User:CN=satark {name}" for name in [s.name for s in SERVICES] + [OPERATOR, TOPICS_ADMIN]}

    def test_lines_say_all_and_no_more(self) -> None:
        """Topics with the same operations share a line; each right is in exactly one."""
        acls = acls_of(all_topics(), SERVICES)

        said = [
            (line.split("--allow-principal User:")[1].split()[0], kind, name, operation)
            for line in commands(acls, "User:")
            for kind, name in re.findall(r"--(topic|group) (\S+)", line)
            for operation in re.findall(r"--operation (\S+)", line)
        ]

        wanted = [(acl.principal, acl.resource, acl.name, each) for acl in acls for each in acl.operations]
        assert sorted(said) == sorted(wanted)

    def test_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Programs get the same rights as a list of objects."""
        assert main(["topics", "acls", "--format", "json"]) == 0

        rows = json.loads(capsys.readouterr().out)
        assert len(rows) == len(acls_of(all_topics(), SERVICES))
        assert rows[0] == {
            "principal": "User:satark-poller",
            "resource": "topic",
            "name": rows[0]["name"],
            "operations": rows[0]["operations"],
        }

    def test_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        """People get a table."""
        assert main(["topics", "acls"]) == 0

        assert "User:satark-gateway" in capsys.readouterr().out
