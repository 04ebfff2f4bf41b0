"""The Nu Html Checker: resolved once by Maven from deploy/html-validator/pom.xml, and run on files."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import REPOSITORY, cache_root
from tests.support.kafka_files import jars, java

POM = REPOSITORY / "deploy" / "html-validator" / "pom.xml"
CHECKER = "nu.validator.client.SimpleCommandLineValidator"
TIMEOUT_S = 150.0


@dataclass(frozen=True, slots=True)
class Remark:
    """What the checker says of a file: `kind` is `error`, or `info` for a warning."""

    file: str
    kind: str
    text: str


def remarks(files: Iterable[Path]) -> list[Remark]:
    """Return what the checker says of HTML files. Raises KafkaFilesError when it cannot be fetched."""
    library = jars(POM, cache_root() / "html-validator")
    ran = subprocess.run(
        [java() or "java", "-cp", f"{library}/*", CHECKER, "--format", "json", "--exit-zero-always", *map(str, files)],
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT_S,
    )
    found = json.loads(ran.stderr)["messages"]
    return [Remark(Path(each.get("url", "")).name, each["type"], each["message"]) for each in found]
