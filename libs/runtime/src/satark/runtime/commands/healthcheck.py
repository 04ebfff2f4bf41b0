"""`satark healthcheck`: asks this machine's ops port, for images without a shell."""

import argparse
import http.client
import ipaddress
import sys

from satark.runtime.groups import OpsSettings, split_address
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

HTTP_OK = 200
TIMEOUT_S = 5.0
MAX_ANSWER_BYTES = 100_000


class HealthcheckCommand:
    """Exit 0 when the process answers (or, with --ready, is ready), else 1."""

    help = "ask the ops port of this machine whether its process is alive"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add --ready."""
        parser.add_argument("--ready", action="store_true", help="ask for readiness instead of liveness")

    def run(self, args: argparse.Namespace) -> int:
        """Ask once; print the answer."""
        try:
            settings = load("ops", OpsSettings, environment())
            host, port = reachable(settings)
        except SettingsError as error:
            print(error, file=sys.stderr)  # noqa: T201 - a command's answer
            return EX_CONFIG
        except OSError as error:
            print(f"no process has written its port: {error}", file=sys.stderr)  # noqa: T201 - a command's answer
            return 1
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        try:
            connection.request("GET", "/readyz" if args.ready else "/healthz")
            response = connection.getresponse()
            print(response.read(MAX_ANSWER_BYTES).decode(errors="replace"))  # noqa: T201 - a command's answer
        except (OSError, http.client.HTTPException) as error:
            print(f"no answer from {host}:{port}: {error!r}", file=sys.stderr)  # noqa: T201 - a command's answer
            return 1
        else:
            return 0 if response.status == HTTP_OK else 1
        finally:
            connection.close()


def reachable(settings: OpsSettings) -> tuple[str, int]:
    """Return host and port to connect to for what the ops port listens on; port 0 is looked up in the port file.

    Raises OSError when that cannot be read.
    """
    host, port = settings.address
    if port == 0 and settings.port_file is not None:
        _, written = split_address(f":{settings.port_file.read_text().strip()}")
        port = written or 0
    return loopback_of(host), port


def loopback_of(host: str) -> str:
    """Return loopback for an address that means all of this machine, and any other as it is."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004 - IPv4


command = HealthcheckCommand()
