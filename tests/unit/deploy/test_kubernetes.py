import functools
import importlib.util
import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.protocols import Validator
from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry, Resource

from tests.support.environment import REPOSITORY
from tests.support.manifests import (
    BASE,
    CLICKHOUSE,
    EXAMPLE,
    KUBERNETES,
    WAYS,
    Document,
    Manifests,
    by,
    documents,
    generator_files,
    kustomization,
    read,
    resources,
)

OLDEST = "1.31"
NEWEST = "1.37"
FOLDERS = {"base": BASE, "example": EXAMPLE, "clickhouse": CLICKHOUSE}
CHANGING = {"example": EXAMPLE, "clickhouse": CLICKHOUSE}
HASH = re.compile(r"-[a-z0-9]{10}$")


@pytest.fixture(params=WAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    """The manifests, by each way to them."""
    return by(request.param)


@functools.cache
def schemas(version: str) -> tuple[Path, Registry[Any]]:
    """Return the folder of a version's schemas, in which unknown fields are mistakes, and what they refer to."""
    package = importlib.util.find_spec("kubernetes_validate")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / f"kubernetes-json-schema/v{version}.0-local-strict"
    shared = Resource[Any].from_contents(json.loads((folder / "_definitions.json").read_text()))
    return folder, shared @ Registry()


@functools.cache
def validator(version: str, api: str, kind: str) -> Validator:
    """Return what validates documents of one kind by one version of Kubernetes."""
    folder, registry = schemas(version)
    group, _, name = api.rpartition("/")
    file = "-".join(part for part in (kind.lower(), group.partition(".")[0], name) if part)
    schema = json.loads((folder / f"{file}.json").read_text())
    found: Validator = validator_for(schema, Draft202012Validator)(schema, registry=registry)
    return found


def mistakes(document: Document, version: str) -> list[str]:
    """Return what the API server of a version would not take, or would drop."""
    name = f"{document['kind']} {document['metadata']['name']}"
    errors = validator(version, document["apiVersion"], document["kind"]).iter_errors(document)
    return [f"{name}: {error.json_path}: {error.message}" for error in errors]


def without_hashes(value: Any, names: set[str]) -> Any:
    """Return documents with generated names as they were before they got a hash."""
    if isinstance(value, dict):
        return {key: without_hashes(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [without_hashes(item, names) for item in value]
    plain = HASH.sub("", value) if isinstance(value, str) else value
    return plain if plain in names else value


def canonical(document: Document) -> str:
    """Return a document as text that is the same for the same content."""
    return json.dumps(document, sort_keys=True)


class TestFiles:
    def test_pass_the_linter(self) -> None:
        """Yamllint finds nothing, with the line length of everything here."""
        yamllint = Path(sys.executable).parent / "yamllint"
        rules = "{extends: default, rules: {document-start: disable, line-length: {max: 120}, "
        rules += "comments: {min-spaces-from-content: 1}}}"

        found = subprocess.run(
            [yamllint, "--strict", "--config-data", rules, "deploy/kubernetes"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (found.returncode, found.stdout) == (0, "")

    @pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
    def test_are_all_named(self, folder: Path) -> None:
        """Every file that a kustomization names is there, and none lies about that it does not name."""
        file = kustomization(folder)
        named = {"kustomization.yaml", *file["resources"], *(patch["path"] for patch in file.get("patches", ()))}
        for generator in file["configMapGenerator"]:
            named |= set(generator_files(generator))

        there = {f"{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()}

        assert there == {name for name in named if not (folder / name).is_dir()}
        assert [name for name in named if not (folder / name).exists()] == []

    @pytest.mark.parametrize("folder", CHANGING.values(), ids=CHANGING)
    def test_change_what_is_there(self, folder: Path) -> None:
        """What is patched, merged and renamed is in the base."""
        file, base = kustomization(folder), read(BASE)
        known = {(each["kind"], each["metadata"]["name"]) for each in base.documents}
        images = {found.container["image"].partition(":")[0] for found in base.workloads.values()}

        targets = [
            (kind, patch["target"]["name"])
            for patch in file["patches"]
            if "target" in patch
            for kind in patch["target"]["kind"].split("|")
        ]
        patched = [
            (each["kind"], each["metadata"]["name"])
            for patch in file["patches"]
            if "target" not in patch
            for each in documents(folder / patch["path"])
        ]
        merged = [("ConfigMap", each["name"]) for each in file["configMapGenerator"] if each.get("behavior") == "merge"]

        assert {*patched, *merged} <= known
        assert {name for _, name in targets} <= {name for _, name in known}
        assert {image["name"] for image in file.get("images", ())} in (images, set())


class TestSchema:
    @pytest.mark.parametrize("version", [OLDEST, NEWEST])
    def test_follows_the_api(self, manifests: Manifests, version: str) -> None:
        """Every document is valid by the schema of the oldest and the newest Kubernetes, without unknown fields."""
        assert [text for document in manifests.documents for text in mistakes(document, version)] == []

    @pytest.mark.parametrize("folder", CHANGING.values(), ids=CHANGING)
    def test_what_is_added_follows_the_api(self, folder: Path) -> None:
        """The documents that are added to the base are valid, also where no kubectl renders them."""
        assert [text for document in resources(folder) for text in mistakes(document, OLDEST)] == []

    def test_unknown_fields_are_found(self) -> None:
        """A misspelt field deep in a pod is a mistake."""
        document = deepcopy(read(BASE).of("Deployment")["poller"])
        document["spec"]["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFileSystem"] = True

        (found,) = mistakes(document, OLDEST)

        assert "readOnlyRootFileSystem" in found

    def test_nothing_is_there_twice(self, manifests: Manifests) -> None:
        """No two documents have one kind and name."""
        names = [(each["kind"], each["metadata"]["name"]) for each in manifests.documents]

        assert len(set(names)) == len(names)


class TestRendering:
    def test_base_is_what_is_read(self) -> None:
        """Kustomize makes of the base what these tests read, with the namespace and hashed names besides."""
        plain = read(BASE)
        generated = set(plain.of("ConfigMap"))

        rendered = without_hashes([deepcopy(each) for each in by("base").documents], generated)

        for each in rendered:
            if each["kind"] != "Namespace":
                assert each["metadata"].pop("namespace") == "satark"
        assert sorted(map(canonical, rendered)) == sorted(map(canonical, plain.documents))

    @pytest.mark.parametrize("way", WAYS[1:])
    def test_settings_have_hashed_names(self, way: str) -> None:
        """Every ConfigMap's name has the hash of its content, so that pods roll when it changes."""
        assert [name for name in by(way).of("ConfigMap") if not HASH.search(name)] == []

    def test_what_needs_kustomize_is_refused(self) -> None:
        """The example is not read without kustomize: what it patches would go unseen."""
        with pytest.raises(ValueError, match="kustomize is needed for components, images, patches"):
            read(EXAMPLE)


class TestAdapter:
    def test_serves_what_the_autoscalers_ask_for(self, manifests: Manifests) -> None:
        """Every metric of an autoscaler is one that the adapter's rules serve, as the kind that it asks for."""
        rules = yaml.safe_load((KUBERNETES / "prometheus-adapter.yaml").read_text())["rules"]
        served = {("Pods", rule["name"]["as"]) for rule in rules["custom"]}
        served |= {("External", rule["name"]["as"]) for rule in rules["external"]}

        asked = set()
        for scaler in manifests.of("HorizontalPodAutoscaler").values():
            for metric in scaler["spec"]["metrics"]:
                asked.add((metric["type"], metric[metric["type"].lower()]["metric"]["name"]))

        assert asked <= served
        assert asked

    def test_asks_for_what_satark_exports(self) -> None:
        """The adapter's rule for pods is about a metric that every process serves."""
        rules = yaml.safe_load((KUBERNETES / "prometheus-adapter.yaml").read_text())["rules"]
        exported = (REPOSITORY / "docs/reference/metrics.md").read_text()

        series = [rule["seriesQuery"].partition("{")[0] for rule in rules["custom"]]

        assert [name for name in series if f"| `{name}` |" not in exported] == []
