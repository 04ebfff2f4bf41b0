"""The reference of metrics: what the collectors in each distribution's `metrics` module say of themselves."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from satark.runtime.docsgen.markdown import code, codes, page, table

EVERY_PROCESS = "satark.runtime"


def metrics_page(modules: Mapping[str, ModuleType]) -> str:
    """Return the page of all metrics, by the package that has them; those of every process come first."""
    ordered = sorted(modules.items(), key=lambda item: (item[0] != EVERY_PROCESS, item[0]))
    blocks = [block for package, module in ordered for block in (_heading(package), _table(module))]
    return page(
        "Metrics",
        "Every process serves its metrics at `/metrics` of its ops port (`SATARK_OPS_LISTEN`), together with Python's "
        "and the process's own (`python_*`, `process_*`). A histogram has the series `_bucket`, `_sum` and `_count`.",
        *blocks,
    )


def _heading(package: str) -> str:
    return "## Every process" if package == EVERY_PROCESS else f"## {package.rpartition('.')[2].capitalize()}"


def _table(module: ModuleType) -> str:
    rows = sorted(row for collector in _collectors(module) for row in _rows(collector))
    return table(("metric", "type", "labels", "meaning"), rows)


def _collectors(module: ModuleType) -> Iterator[Any]:
    """Yield prometheus_client's collectors, and a module's own: whatever describes its metrics; then those of its PARTS."""
    for value in vars(module).values():
        if not isinstance(value, type) and callable(getattr(value, "describe", None)):
            yield value
    for part in getattr(module, "PARTS", ()):
        yield from _collectors(part)


def _rows(collector: Any) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each metric. One without samples tells its labels nowhere but in its, or its family's, own names."""
    for family in collector.describe():
        labels = codes(getattr(collector, "_labelnames", ()) or getattr(family, "_labelnames", ()))
        suffix = "_total" if family.type == "counter" else ""
        yield code(f"{family.name}{suffix}"), family.type, labels, family.documentation
