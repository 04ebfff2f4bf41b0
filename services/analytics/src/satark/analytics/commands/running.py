"""How a command that asks the REST API begins and ends: settings, the connection, exit statuses."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from satark.analytics.commands.usage import UsageError
from satark.runtime.api import GROUP, ApiSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

if TYPE_CHECKING:
    from satark.analytics.commands.api import Api

EX_REFUSED = 1
EX_USAGE = 2
EX_UNAVAILABLE = 69
EX_INTERRUPTED = 130
API_GROUPS: Mapping[str, type[Struct]] = MappingProxyType({GROUP: ApiSettings})
"""The settings that these commands read."""

_USER_FAULTS = range(400, 500)
_STATUSES: dict[type[Exception], int] = {SettingsError: EX_CONFIG, UsageError: EX_USAGE}

STATUSES = """\
Exit status: 0 done, 1 refused or not found, 2 wrong arguments, 69 no server answers, 78 wrong settings.
The server is found by SATARK_API_URL (http://127.0.0.1:8081), who asks by SATARK_API_TOKEN, or _USER and _PASSWORD."""


def asking(name: str, url: str | None, work: Callable[["Api"], int]) -> int:
    """Do `work` with a connection to the REST API; return the exit status, and say on stderr what went wrong."""
    from satark.analytics.commands.api import Api, ApiError, UnreachableError  # noqa: PLC0415 - requests is costly

    try:
        with Api(_settings(url)) as api:
            return work(api)
    except (SettingsError, UsageError, ApiError, UnreachableError) as error:
        for line in error.mistakes if isinstance(error, SettingsError) else (str(error),):
            print(f"satark {name}: {line}", file=sys.stderr)  # noqa: T201 - for a person
        return _STATUSES.get(type(error)) or (EX_REFUSED if _is_our_fault(error) else EX_UNAVAILABLE)
    except KeyboardInterrupt:
        return EX_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our lines has seen enough. Python would complain once more when it flushes stdout at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _settings(url: str | None) -> ApiSettings:
    environ = dict(environment())
    if url:
        environ["SATARK_API_URL"] = url
    return load(GROUP, ApiSettings, environ)


def _is_our_fault(error: Exception) -> bool:
    return getattr(error, "status", 0) in _USER_FAULTS


def add_server(parser: argparse.ArgumentParser) -> None:
    """Add the option that all these commands share."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--url", metavar="URL", help="the REST API, instead of SATARK_API_URL")
