import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

from satark.detector.alarms.files import rules_of
from satark.detector.rules.file import RulesFile
from satark.notifier.routing.file import read_file
from satark.runtime.groups import KafkaSettings, OpsSettings, split_address
from satark.runtime.health import Health
from satark.runtime.ops import OpsServer
from satark.runtime.service import ServiceCommand, run_service
from satark.runtime.settings import load_all, variables
from tests.support.certificates import Authority
from tests.support.environment import REPOSITORY
from tests.support.manifests import WAYS, Manifests, Workload, by
from tests.support.processes import http_get

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
NOBODY = 65532
UNITS = {"Mi": 1, "Gi": 1024}
LISTENING = {
    "gateway": ("SATARK_GATEWAY_LISTEN", "SATARK_GATEWAY_TLS_LISTEN"),
    "analytics": ("SATARK_ANALYTICS_LISTEN",),
}


@pytest.fixture(params=WAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    """The manifests, by each way to them."""
    return by(request.param)


def command(name: str) -> ServiceCommand[Any]:
    """Return the command of a service."""
    (entry,) = entry_points(group="satark.commands", name=name)
    found: ServiceCommand[Any] = entry.load()
    return found


def mebibytes(text: str) -> int:
    """Return how much a quantity is."""
    found = re.fullmatch(r"(\d+)(Mi|Gi)", text)
    assert found is not None, text
    return int(found[1]) * UNITS[found[2]]


def laid_out(workload: Workload, root: Path) -> dict[str, str]:
    """Lay the files that a container sees below a folder; return its environment, with the paths there."""

    def moved(text: str) -> str:
        return re.sub(r"(?<!\S)(\"?)(/run/secrets/|/etc/satark/)", rf"\g<1>{root}\g<2>", text)

    authority = Authority(root / "authority")
    server = authority.issue("server")
    secrets = {
        "ca.crt": authority.ca_file.read_text(),
        "tls.crt": server.cert_file.read_text(),
        "tls.key": server.key_file.read_text(),
        "credentials": "read reader a-secret-of-somebody\n",
        "heartbeat-url": "https://heartbeat.example.net/1",
    }
    for found in workload.files:
        path = Path(f"{root}{found.path}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(moved(secrets.get(found.key, "k" * 48) if found.text is None else found.text))
    return {name: moved(text) for name, text in workload.settings.items()}


class TestParts:
    def test_are_those_of_compose(self, manifests: Manifests) -> None:
        """Every service of compose's profile `live` runs here, but Kafka, which is brought along."""
        compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
        live = {name for name, found in compose.items() if "live" in found.get("profiles", ["live"])}

        assert set(manifests.workloads) == live - {"kafka"}

    def test_run_our_images(self, manifests: Manifests) -> None:
        """Each runs the image of its service, of this version, with the command that the image or compose gives it."""
        compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
        commands = dict(re.findall(r'^FROM runtime AS run-(\S+)\nCMD \["([^"]+)"\]$', DOCKERFILE, re.MULTILINE))
        version = re.search(r"^ARG VERSION=(\S+)$", DOCKERFILE, re.MULTILINE)

        for name, found in manifests.workloads.items():
            image, _, tag = found.container["image"].rpartition("/")[2].partition(":")
            assert image == compose[name]["image"].partition(":")[0]
            assert version is not None
            assert tag == version[1]
            assert found.container["args"] == compose[name].get("command", [commands[image.removeprefix("satark-")]])

    @pytest.mark.parametrize("way", ["base as it is", "base", "example without ClickHouse"])
    def test_the_embedded_store_belongs_to_one_process(self, way: str) -> None:
        """Where the store is within the process there is one, on a volume that no second pod gets."""
        found = by(way).services["analytics"]

        (claim,) = found.document["spec"]["volumeClaimTemplates"]

        assert found.settings["SATARK_ANALYTICS_STORE"].startswith("chdb://")
        assert found.document["spec"]["replicas"] == 1
        assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
        assert "analytics" not in by(way).of("HorizontalPodAutoscaler")

    def test_with_a_server_nothing_is_kept(self) -> None:
        """With a ClickHouse server analytics is a Deployment without a volume that lasts, and scales."""
        manifests = by("example")
        found = manifests.services["analytics"]

        assert found.settings["SATARK_ANALYTICS_STORE"].startswith("clickhouses://")
        assert found.document["kind"] == "Deployment"
        assert manifests.of("StatefulSet") == {}
        assert "analytics" in manifests.of("HorizontalPodAutoscaler")


class TestHardening:
    def test_is_restricted(self, manifests: Manifests) -> None:
        """Every pod is what the restricted Pod Security Standard asks for, its root read-only, and the namespace asks."""
        for found in manifests.workloads.values():
            pod, container = found.pod["securityContext"], found.container["securityContext"]
            assert pod["runAsNonRoot"] is True
            assert (pod["runAsUser"], pod["runAsGroup"], pod["fsGroup"]) == (NOBODY, NOBODY, NOBODY)
            assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
            assert container["allowPrivilegeEscalation"] is False
            assert container["readOnlyRootFilesystem"] is True
            assert container["capabilities"] == {"drop": ["ALL"]}
            assert {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & found.pod.keys() == set()
            kinds = {kind for volume in found.pod["volumes"] for kind in volume if kind != "name"}
            assert kinds <= {"emptyDir", "projected", "secret", "configMap"}
        labels = manifests.of("Namespace")["satark"]["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
        assert f"USER {NOBODY}:{NOBODY}" in DOCKERFILE

    def test_asks_the_cluster_nothing(self, manifests: Manifests) -> None:
        """Each has an account of its own without a token, and no variables of other services."""
        accounts = manifests.of("ServiceAccount")
        for name, found in manifests.workloads.items():
            assert found.pod["serviceAccountName"] == name
            assert accounts[name]["automountServiceAccountToken"] is False
            assert found.pod["automountServiceAccountToken"] is False
            assert found.pod["enableServiceLinks"] is False

    def test_is_bounded(self, manifests: Manifests) -> None:
        """Memory and disk are asked for and limited; what may be written without a volume fits into the disk."""
        for found in manifests.workloads.values():
            wanted, limits = found.container["resources"]["requests"], found.container["resources"]["limits"]
            scratch = [volume["emptyDir"]["sizeLimit"] for volume in found.pod["volumes"] if "emptyDir" in volume]
            assert wanted.keys() == {"cpu", "memory", "ephemeral-storage"}
            assert mebibytes(wanted["memory"]) <= mebibytes(limits["memory"])
            assert sum(map(mebibytes, scratch)) < mebibytes(limits["ephemeral-storage"])


class TestSettings:
    def test_are_right(self, manifests: Manifests, tmp_path: Path) -> None:
        """Every service takes its settings: each is known, each file is there, and nothing contradicts itself."""
        for name, found in manifests.services.items():
            environment = laid_out(found, tmp_path / name)
            assert run_service(command(name), environment, check=True) == 0

    def test_of_the_topics_are_right(self, manifests: Manifests, tmp_path: Path) -> None:
        """The job that creates topics takes its settings."""
        environment = laid_out(manifests.workloads["topics"], tmp_path)

        found = load_all({"kafka": KafkaSettings}, environment)["kafka"]

        assert isinstance(found, KafkaSettings)
        assert found.replication_factor > 1

    def test_each_has_a_user_of_its_own(self, manifests: Manifests) -> None:
        """Each part logs in to Kafka as itself, so that it can have its own rights, with its own password."""
        for name, found in manifests.workloads.items():
            (password,) = [
                file for file in found.files if file.path == found.settings["SATARK_KAFKA_SASL_PASSWORD_FILE"]
            ]
            assert found.settings["SATARK_KAFKA_SASL_USERNAME"] == f"satark-{name}"
            assert password.source == f"kafka-user-{name}"

    def test_files_are_right(self, manifests: Manifests, tmp_path: Path) -> None:
        """Rules, alarm rules and routes are ones that the services take, and so is what they name."""
        detector = laid_out(manifests.services["detector"], tmp_path / "detector")
        notifier = laid_out(manifests.services["notifier"], tmp_path / "notifier")

        RulesFile(Path(detector["SATARK_DETECTOR_RULES"])).load()
        rules_of(Path(detector["SATARK_DETECTOR_ALARM_RULES"]))
        routing = read_file(Path(notifier["SATARK_NOTIFIER_ROUTES"]))

        assert routing is not None

    def test_hold_no_secret(self, manifests: Manifests) -> None:
        """No secret is in the environment, and nothing comes into it but from ConfigMaps."""
        for name, found in manifests.workloads.items():
            groups = {"kafka": KafkaSettings} if name == "topics" else command(name).groups
            known = [variable for group, settings in groups.items() for variable in variables(group, settings)]
            secret = {text for variable in known if variable.secret for text in (variable.env, *variable.aliases)}
            assert "env" not in found.container
            assert [source for source in found.container["envFrom"] if source.keys() != {"configMapRef"}] == []
            assert found.settings.keys() & secret == set()

    def test_every_volume_is_mounted_once(self, manifests: Manifests) -> None:
        """A container sees each volume of its pod, at a place of its own, and writes only where it must."""
        for found in manifests.workloads.values():
            mounts = found.container["volumeMounts"]
            written = {mount["mountPath"] for mount in mounts if not mount.get("readOnly")}
            assert sorted(mount["name"] for mount in mounts) == sorted(found.volumes)
            assert len({mount["mountPath"] for mount in mounts}) == len(mounts)
            assert written <= {"/tmp", "/var/lib/satark"}  # noqa: S108 - a path of the container

    def test_every_file_is_for_something(self, manifests: Manifests) -> None:
        """Whatever is mounted is named by a setting, or by a file that is."""
        for found in manifests.workloads.values():
            named = "\n".join([*found.settings.values(), *(file.text or "" for file in found.files)])
            unused = [file.path for file in found.files if "/".join(file.path.split("/")[3:]) not in named]
            assert unused == []


class TestLife:
    async def test_probes_are_answered(self, manifests: Manifests) -> None:
        """Each probe asks the ops port for a page that is there; only readiness depends on others than the process."""
        asked = set()
        for found in manifests.services.values():
            probes = {kind: found.container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
            assert {probe["port"] for probe in probes.values()} == {"ops"}
            assert probes["startup"] == probes["liveness"]
            assert probes["readiness"]["path"] == "/readyz"
            asked |= {probe["path"] for probe in probes.values()}

        async with OpsServer(OpsSettings(listen="127.0.0.1:0"), service="x", version="1", health=Health()) as ops:
            answers = {path: await http_get(f"http://127.0.0.1:{ops.port}{path}") for path in asked}

        assert {path: answer and answer.status for path, answer in answers.items()} == {"/healthz": 200, "/readyz": 503}

    def test_ports_are_those_listened_on(self, manifests: Manifests) -> None:
        """A container's ports are those of its settings, on all addresses; Prometheus is told of the ops port."""
        for name, found in manifests.services.items():
            texts = [found.settings.get(setting) for setting in ("SATARK_OPS_LISTEN", *LISTENING.get(name, ()))]
            listened = [split_address(text) for text in texts if text]
            annotations = found.document["spec"]["template"]["metadata"]["annotations"]
            assert {host for host, _ in listened} == {"0.0.0.0"}
            assert sorted(found.ports.values()) == sorted(port or 0 for _, port in listened)
            assert annotations["prometheus.io/port"] == f"{found.ports['ops']}"
            assert annotations["prometheus.io/path"] == "/metrics"

    def test_drains_before_it_is_killed(self, manifests: Manifests) -> None:
        """A pod has longer to end than Satark takes at most."""
        for found in manifests.workloads.values():
            grace_s = float(found.settings["SATARK_OPS_SHUTDOWN_GRACE_S"])
            assert found.pod["terminationGracePeriodSeconds"] > grace_s

    def test_job_ends(self, manifests: Manifests) -> None:
        """The job tries again, and goes when it is done, so that the next apply can make it anew."""
        job = manifests.of("Job")["topics"]["spec"]

        assert job["template"]["spec"]["restartPolicy"] == "OnFailure"
        assert job["backoffLimit"] > 0
        assert job["ttlSecondsAfterFinished"] > 0
