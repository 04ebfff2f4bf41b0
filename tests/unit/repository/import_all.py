"""Imports every module of the named packages and fails when that does anything else: run as a process of its own."""

import importlib
import pkgutil
import sys
import threading
import warnings
from collections.abc import Iterator

FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.fork",
    "os.mkdir",
    "os.remove",
)
"""Audit events (PEP 578) that mean that something is done, not only defined."""

WRITING = ("w", "a", "x", "+")


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what an import must not do. Python's own caches are no concern of ours."""
    if event in FORBIDDEN:
        raise RuntimeError(f"an import does {event} {arguments!r}")
    if event == "open" and len(arguments) > 1 and any(mode in str(arguments[1] or "") for mode in WRITING):
        raise RuntimeError(f"an import writes {arguments[0]!r}")


def names(package: str) -> Iterator[str]:
    """Yield the package's name and those of all modules in it."""
    yield package
    module = importlib.import_module(package)
    for found in pkgutil.walk_packages(module.__path__, prefix=f"{package}."):
        yield found.name


def main() -> None:
    """Import everything that the arguments name; print how many modules that were."""
    sys.dont_write_bytecode = True
    # Faust's dependencies, not ours: see the same line in pyproject.toml.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"venusian.*")
    sys.addaudithook(watch)
    count = 0
    for package in sys.argv[1:]:
        for name in names(package):
            importlib.import_module(name)
            count += 1
    if threading.active_count() > 1:
        raise RuntimeError(f"an import starts threads: {threading.enumerate()}")
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main()
