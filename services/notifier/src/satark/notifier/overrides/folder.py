"""The shell around the user's templates: one that cannot be used is logged once for each change, and always counted."""

from pathlib import Path

import structlog

from satark.notifier import metrics
from satark.notifier.mail.packs import Broken, Folder

log = structlog.get_logger(__name__)


def folder_of(path: Path | None) -> Folder | None:
    """Return the folder of the user's templates, if there is to be one. Nothing is read yet."""
    return None if path is None else Folder(path, report)


def report(broken: Broken, is_new: bool) -> None:
    """Count a template that was not used for a part of a mail; log it the first time."""
    metrics.TEMPLATES_BROKEN.labels(broken.file).inc()
    if is_new:
        log.warning("template_broken", file=broken.file, line=broken.line, why=broken.why)
