"""`satark healthcheck`: asks this machine's ops port, for images without a shell."""

import argparse
import http.client
import sys

from satark.runtime.groups import OpsSettings
from satark.runtime.settings import EX_CONFIG, SettingsError, environment, load

HTTP_OK = 200


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
        except SettingsError as error:
            print(error, file=sys.stderr)  # noqa: T201 - a command's answer
            return EX_CONFIG
        host, port = settings.address
        connection = http.client.HTTPConnection("127.0.0.1" if host in {"0.0.0.0", "::"} else host, port, timeout=5)  # noqa: S104 - compared, not bound
        try:
            connection.request("GET", "/readyz" if args.ready else "/healthz")
            response = connection.getresponse()
            print(response.read(100_000).decode(errors="replace"))  # noqa: T201 - a command's answer
        except OSError as error:
            print(f"no answer from {host}:{port}: {error}", file=sys.stderr)  # noqa: T201 - a command's answer
            return 1
        else:
            return 0 if response.status == HTTP_OK else 1
        finally:
            connection.close()


command = HealthcheckCommand()
