"""All generated files of the repository, as one value."""

from typing import Any

from satark.runtime.command import product_version
from satark.runtime.docsgen.catalogue import Catalogue
from satark.runtime.docsgen.commands import commands_page
from satark.runtime.docsgen.events import events_page
from satark.runtime.docsgen.metrics import metrics_page
from satark.runtime.docsgen.settings import env_example, groups_of, settings_page
from satark.runtime.docsgen.topics import topics_page
from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import variables
from satark.schemas import asyncapi
from satark.schemas.export import json_schemas

FOLDERS = {"docs/reference": "*.md", "schemas/jsonschema": "*.json"}
"""Folders that hold nothing but generated files, with the names that belong to them."""


def files(found: Catalogue) -> dict[str, str]:
    """Return the text of every generated file by its path in the repository. Raises ImportError without PyYAML."""
    groups = groups_of(found.commands)
    partitions = _default_partitions()
    return {
        ".env.example": env_example(groups),
        "docs/reference/settings.md": settings_page(groups),
        "docs/reference/metrics.md": metrics_page(found.metrics),
        "docs/reference/topics.md": topics_page(partitions),
        "docs/reference/events.md": events_page(),
        "docs/reference/commands.md": commands_page(found.commands),
        f"schemas/{asyncapi.PATH}": yaml_text(asyncapi.document(version=product_version(), partitions=partitions)),
        **{f"schemas/{path}": text for path, text in json_schemas().items()},
        **found.documents,
    }


def yaml_text(document: dict[str, Any]) -> str:
    """Return a document as YAML with a note that it is generated. Raises ImportError without PyYAML."""
    try:
        import yaml  # noqa: PLC0415 - needed by those who generate documents, not by services
    except ImportError as error:
        raise ImportError(f"{error}; install satark-schemas[export]") from error

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - anchors would puzzle readers
            return True

    text = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# Generated from the code by `satark docs`. Do not edit.\n{text}"


def _default_partitions() -> int:
    found = {variable.field: variable.default for variable in variables("kafka", KafkaSettings)}
    default: int = found["partitions"]
    return default
