from pathlib import Path

from tests.support.kafka_config import (
    PASSWORD,
    USERNAME,
    Listener,
    NodeConfig,
    NodePorts,
    TlsFiles,
    format_arguments,
    java_command,
    server_properties,
)


def properties(config: NodeConfig) -> dict[str, str]:
    """Return the properties as a mapping."""
    return dict(line.split("=", 1) for line in server_properties(config).splitlines())


def ports(node: int, *listeners: Listener) -> NodePorts:
    """Return recognisable ports."""
    return NodePorts(node * 100, {name: node * 100 + at for at, name in enumerate(listeners, 1)})


class TestServerProperties:
    def test_single_node(self) -> None:
        """One node is its own quorum, copies nothing and creates no topic by itself."""
        found = properties(NodeConfig(1, Path("/data"), {1: ports(1, "PLAINTEXT")}))

        assert found["controller.quorum.voters"] == "1@127.0.0.1:100"
        assert found["listeners"] == "PLAINTEXT://127.0.0.1:101,CONTROLLER://127.0.0.1:100"
        assert found["advertised.listeners"] == "PLAINTEXT://127.0.0.1:101"
        assert (found["offsets.topic.replication.factor"], found["auto.create.topics.enable"]) == ("1", "false")

    def test_three_nodes(self) -> None:
        """Each node of three names all voters and keeps three copies of the internal topics."""
        found = properties(NodeConfig(2, Path("/data"), {node: ports(node, "PLAINTEXT") for node in (1, 2, 3)}))

        assert found["node.id"] == "2"
        assert found["controller.quorum.voters"] == "1@127.0.0.1:100,2@127.0.0.1:200,3@127.0.0.1:300"
        assert found["offsets.topic.replication.factor"] == "3"

    def test_nodes_with_addresses_of_their_own(self) -> None:
        """Each node listens on its own address and finds the other voters on theirs."""
        places = {node: NodePorts(9, {"PLAINTEXT": 8}, f"198.18.0.{node}") for node in (1, 2)}
        found = properties(NodeConfig(2, Path("/data"), places))

        assert found["controller.quorum.voters"] == "1@198.18.0.1:9,2@198.18.0.2:9"
        assert found["listeners"] == "PLAINTEXT://198.18.0.2:8,CONTROLLER://198.18.0.2:9"

    def test_sasl_over_tls(self) -> None:
        """A SASL_SSL listener has its PEM stores and both mechanisms."""
        tls = TlsFiles(Path("/b.pem"), Path("/ca.pem"), "required")
        found = properties(NodeConfig(1, Path("/data"), {1: ports(1, "PLAINTEXT", "SASL_SSL")}, tls))

        assert (found["ssl.keystore.type"], found["ssl.keystore.location"]) == ("PEM", "/b.pem")
        assert found["ssl.client.auth"] == "required"
        assert found["listener.name.sasl_ssl.sasl.enabled.mechanisms"] == "SCRAM-SHA-512,PLAIN"
        assert f'user_{USERNAME}="{PASSWORD}"' in found["listener.name.sasl_ssl.plain.sasl.jaas.config"]

    def test_extra_properties_win(self) -> None:
        """A test can change any property."""
        config = NodeConfig(1, Path("/data"), {1: ports(1, "PLAINTEXT")}, extra={"num.io.threads": "8"})

        assert properties(config)["num.io.threads"] == "8"


class TestCommands:
    def test_java_command(self) -> None:
        """The log file and the jars are given; the program and its arguments come last."""
        places = (Path("/jars"), Path("/log4j2"), Path("/x.log"))
        found = java_command("/bin/java", *places, "kafka.Kafka", "s.properties", options=["-XX:Extra"])

        assert (found[0], found[-4:]) == ("/bin/java", ["-cp", "/jars/*", "kafka.Kafka", "s.properties"])
        assert {"-Dlog4j2.configurationFile=/log4j2", "-Dsatark.kafka.log=/x.log", "-XX:Extra"} <= set(found)

    def test_format_arguments(self) -> None:
        """Preparing a data folder adds the SCRAM user, and takes an identifier that begins with a dash."""
        found = format_arguments(Path("s.properties"), "-id")

        assert f"SCRAM-SHA-512=[name={USERNAME},password={PASSWORD},iterations=4096]" in found
        assert "--cluster-id=-id" in found
