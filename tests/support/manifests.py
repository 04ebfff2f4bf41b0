"""Kubernetes manifests as documents: read by ourselves where that needs nothing but reading, else rendered by kubectl."""

import functools
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from tests.support.environment import REPOSITORY

Document = dict[str, Any]

KUBERNETES = REPOSITORY / "deploy/kubernetes"
BASE = KUBERNETES / "base"
EXAMPLE = KUBERNETES / "overlays/example"
CLICKHOUSE = KUBERNETES / "components/clickhouse"
LASTING = ("Deployment", "StatefulSet")
UNDERSTOOD = {"apiVersion", "kind", "namespace", "resources", "configMapGenerator"}
TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Manifests:
    """The documents of one kustomization."""

    documents: tuple[Document, ...]

    def of(self, *kinds: str) -> dict[str, Document]:
        """Return the documents of some kinds, by name."""
        return {found["metadata"]["name"]: found for found in self.documents if found["kind"] in kinds}

    @property
    def workloads(self) -> dict[str, "Workload"]:
        """Whatever makes pods, by name."""
        return {name: Workload(self, found) for name, found in self.of(*LASTING, "Job").items()}

    @property
    def services(self) -> dict[str, "Workload"]:
        """The workloads that go on until they are stopped, by name."""
        return {name: Workload(self, found) for name, found in self.of(*LASTING).items()}

    def chosen(self, selector: Mapping[str, Any]) -> set[str]:
        """Return the workloads whose pods have all labels of `matchLabels`; all for an empty selector."""
        wanted = selector.get("matchLabels", {}).items()
        return {name for name, found in self.workloads.items() if found.labels.items() >= wanted}


@dataclass(frozen=True, slots=True)
class Mounted:
    """A file that a container sees: its path, what it comes from, and its text if that is in the repository."""

    path: str
    kind: str
    source: str
    key: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet or Job of one container."""

    manifests: Manifests
    document: Document

    @property
    def pod(self) -> Document:
        """The specification of its pods."""
        pod: Document = self.document["spec"]["template"]["spec"]
        return pod

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        labels: dict[str, str] = self.document["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def container(self) -> Document:
        """The container."""
        (container,) = self.pod["containers"]
        found: Document = container
        return found

    @property
    def ports(self) -> dict[str, int]:
        """The container's ports by name."""
        return {port["name"]: port["containerPort"] for port in self.container.get("ports", ())}

    @property
    def settings(self) -> dict[str, str]:
        """The container's environment from its ConfigMaps, the later ones first."""
        found: dict[str, str] = {}
        for source in self.container["envFrom"]:
            found |= self.manifests.of("ConfigMap")[source["configMapRef"]["name"]]["data"]
        return found

    @property
    def volumes(self) -> dict[str, Document]:
        """The pod's volumes by name, those that are claimed for it included."""
        claims = [claim["metadata"]["name"] for claim in self.document["spec"].get("volumeClaimTemplates", ())]
        return {volume["name"]: volume for volume in self.pod["volumes"]} | {name: {"name": name} for name in claims}

    @property
    def files(self) -> list[Mounted]:
        """The files of ConfigMaps and Secrets that the container sees."""
        mounts = {mount["mountPath"]: self.volumes[mount["name"]] for mount in self.container["volumeMounts"]}
        return [found for folder, volume in mounts.items() for found in self._in(PurePosixPath(folder), volume)]

    def _in(self, folder: PurePosixPath, volume: Document) -> Iterator[Mounted]:
        for source in volume.get("projected", {}).get("sources", [volume]):
            if secret := source.get("secret"):
                name = secret.get("secretName") or secret["name"]
                for item in secret["items"]:
                    yield Mounted(f"{folder / item['path']}", "Secret", name, item["key"])
            if config := source.get("configMap"):
                for key, text in self.manifests.of("ConfigMap")[config["name"]]["data"].items():
                    yield Mounted(f"{folder / key}", "ConfigMap", config["name"], key, text)


@functools.cache
def read(folder: Path) -> Manifests:
    """Return the documents of a kustomization that only names and generates. Raises ValueError for one that does more."""
    file = kustomization(folder)
    if beyond := file.keys() - UNDERSTOOD:
        raise ValueError(f"{folder}: kustomize is needed for {', '.join(sorted(beyond))}")
    generated = [_config_map(folder, each) for each in file.get("configMapGenerator", ())]
    return Manifests((*resources(folder), *generated))


def kustomization(folder: Path) -> Document:
    """Return a folder's kustomization.yaml."""
    found: Document = yaml.safe_load((folder / "kustomization.yaml").read_text())
    return found


def resources(folder: Path) -> list[Document]:
    """Return the documents of the files that a kustomization names, without those of other folders."""
    names = kustomization(folder)["resources"]
    return [found for name in names if (folder / name).is_file() for found in documents(folder / name)]


def documents(file: Path) -> list[Document]:
    """Return the documents of a file."""
    return list(yaml.safe_load_all(file.read_text()))


def generator_files(generator: Document) -> list[str]:
    """Return the files that an entry of configMapGenerator reads."""
    return [*generator.get("envs", ()), *generator.get("files", ())]


def _config_map(folder: Path, generator: Document) -> Document:
    if beyond := generator.keys() - {"name", "envs", "files"}:
        raise ValueError(f"{folder}: kustomize is needed for {', '.join(sorted(beyond))} of {generator['name']}")
    data = {Path(name).name: (folder / name).read_text() for name in generator.get("files", ())}
    for name in generator.get("envs", ()):
        data |= dict(_assignments((folder / name).read_text().splitlines()))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data}


def _assignments(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.strip() and not line.startswith("#"):
            name, _, text = line.partition("=")
            yield name, text


def kubectl() -> str | None:
    """Return where kubectl is, which has kustomize in it."""
    return shutil.which("kubectl")


@functools.cache
def render(folder: Path) -> Manifests:
    """Return the documents that `kubectl apply -k` would send. No cluster is asked."""
    command = [kubectl() or "kubectl", "kustomize", f"{folder}"]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert (found.returncode, found.stderr) == (0, "")
    return Manifests(tuple(yaml.safe_load_all(found.stdout)))


@functools.cache
def example_alone() -> Manifests:
    """Return what the example is without its components."""
    with TemporaryDirectory() as folder:
        tree = Path(shutil.copytree(KUBERNETES, Path(folder) / "kubernetes"))
        example = tree / EXAMPLE.relative_to(KUBERNETES)
        without = {name: value for name, value in kustomization(example).items() if name != "components"}
        (example / "kustomization.yaml").write_text(yaml.safe_dump(without))
        return render(example)


RENDERED: dict[str, Callable[[], Manifests]] = {
    "base": lambda: render(BASE),
    "example": lambda: render(EXAMPLE),
    "example without ClickHouse": example_alone,
}
WAYS = ("base as it is", *RENDERED)


def by(way: str) -> Manifests:
    """Return the manifests by one of WAYS; skips the test where kubectl is needed and is not there."""
    if way not in RENDERED:
        return read(BASE)
    if kubectl() is None:
        pytest.skip("needs kubectl")
    return RENDERED[way]()
