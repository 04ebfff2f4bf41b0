"""docker-compose.yml as a user runs it: images, start, a mail, an object, scaling, restarts, removal.

One story in the order of the file: each test goes on where the one before it ended.
"""

import json
import subprocess
import sys
from base64 import b64encode
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from scripts.images import SERVICES
from tests.compose.conftest import Steps
from tests.support.engine import Engine
from tests.support.environment import REPOSITORY
from tests.support.stack import Stack

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1800)]

VERSION = "0.1.0"
UP = {
    "kafka",
    "topics",
    "detector",
    "gateway",
    "analytics",
    "simulate-vco",
    "simulate-generators",
    "poller-demo",
    "catch-mail",
    "notifier-demo",
}
OBJECT = "vrouter:compute-00000"
URL = "http://127.0.0.1:8081/analytics/uves/vrouter/compute-00000"
ASK = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=10).read().decode())"
SECRET = "a-secret-of-no-less-than-16-characters"
BUILD_TOOLS = ("gcc", "cc", "make", "pip", "pip3", "uv", "git", "curl", "wget")


def test_base_images_are_made(images: dict[str, str], steps: Steps) -> None:
    """Debian's packages, Maven's jar files and the package index are enough for every base image."""
    steps.say(" ".join(images.values()))

    assert {"PYTHON_IMAGE", "KAFKA_IMAGE", "WHEELS_IMAGE"} == images.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_image_is_built(engine: Engine, images: dict[str, str], steps: Steps, service: str) -> None:
    """An image is built without a network, by the script that people run."""
    bases = ["--python-image", images["PYTHON_IMAGE"], "--wheels-image", images["WHEELS_IMAGE"]]

    said = engine.run(sys.executable, str(REPOSITORY / "scripts/images.py"), *bases, service, timeout_s=1500)

    steps.say(said.splitlines()[-1])
    assert f"satark-{service}:{VERSION}" in said


@pytest.mark.parametrize("service", SERVICES)
def test_image_is_small_and_locked(engine: Engine, service: str) -> None:
    """An image runs as nobody, on a root that cannot be written to, without build tools, and says what it is made of."""
    name = f"satark-{service}:{VERSION}"
    (told,) = json.loads(engine.run("docker", "image", "inspect", name))
    locked = ["--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--tmpfs=/tmp:mode=1777"]

    def run(*command: str, entry: str = "sh") -> str:
        return engine.run("docker", "run", *locked, f"--entrypoint={entry}", name, *command)

    found = run(
        "-c", f"id -u; touch /opt/satark/x 2>&1; for n in {' '.join(BUILD_TOOLS)}; do command -v $n; done; true"
    )
    bill = json.loads(run("/usr/share/doc/satark/sbom.json", entry="cat"))
    usage = run(*told["Config"]["Cmd"], "--help", entry="satark")

    assert ["65532", "touch: cannot touch '/opt/satark/x': Read-only file system"] == found.splitlines()
    assert f"satark-{service}" == told["Config"]["Labels"]["org.opencontainers.image.title"]
    assert VERSION == told["Config"]["Labels"]["org.opencontainers.image.version"]
    assert ["CMD", "satark", "healthcheck"] == told["Config"]["Healthcheck"]["Test"]
    assert "usage: satark" in usage
    assert "CycloneDX" == bill["bomFormat"]
    assert {f"satark-{service}", "satark-runtime", "libc6"} <= {each["name"] for each in bill["components"]}


@pytest.mark.parametrize("profile", ["live", "demo", "ui", "clickhouse"])
def test_file_is_read(stack: Stack, profile: str) -> None:
    """Docker Compose finds no mistake in the file."""
    stack.compose("config", "--quiet", profile=profile)


def test_stack_starts(stack: Stack) -> None:
    """`up --detach` ends, and everything of the demo is healthy."""
    stack.start()

    containers = stack.healthy(timeout_s=300)

    assert UP == {each.service for each in containers}


def test_stack_is_ready(stack: Stack) -> None:
    """Every service of ours says that it has what it needs."""
    stack.ready(timeout_s=180)


def test_mail_arrives(stack: Stack, steps: Steps) -> None:
    """The link that degrades in the simulated network is told by mail."""
    mails = stack.until(stack.mails, 300, "a mail")

    mail = message_from_bytes(stack.raw_mail(mails[-1]["id"]), policy=policy.default)
    steps.say(f"{mail['Subject']} [{', '.join(part.get_content_type() for part in mail.walk())}]")
    assert "opened" == mail["X-Satark-State"]
    assert "LDN-vVCE" == mail["X-Satark-Edge"]


def test_object_is_seen(stack: Stack, steps: Steps) -> None:
    """What a simulated daemon says of its node is known to the detector's topic and to the REST API."""
    (detector,), (analytics,) = stack.containers("detector"), stack.containers("analytics")

    shown = stack.until(lambda: stack.inside(detector, "satark", "uves", OBJECT), 120, "an object")
    answer = json.loads(stack.inside(analytics, "python", "-c", ASK, f"{URL}?cfilt=VrouterAgent:vm_count"))

    steps.say(f"{OBJECT} {answer}")
    assert OBJECT in shown
    assert "vm_count" in answer["VrouterAgent"]


@pytest.mark.parametrize(("service", "count"), [("detector", 2), ("gateway", 2)])
def test_scales(stack: Stack, service: str, count: int) -> None:
    """A second container of a service becomes healthy and ready, and the first is left alone."""
    (first,) = stack.containers(service)
    scale = {"detector": 2} | {service: count}

    stack.start(**scale)
    stack.healthy(timeout_s=180)
    stack.ready(timeout_s=180)

    found = stack.containers(service)
    assert count == len(found)
    assert first.started in {each.started for each in found}


@pytest.mark.parametrize(
    "services",
    [
        "detector",
        "gateway",
        "analytics",
        "poller-demo",
        "notifier-demo",
        "simulate-vco",
        "simulate-generators",
        "catch-mail notifier-demo",
        "kafka",
    ],
)
def test_survives_a_restart(stack: Stack, services: str) -> None:
    """A service that is restarted is healthy and ready again, and so are those that lost it for a while."""
    before = {each.name: each.started for name in services.split() for each in stack.containers(name)}

    for (
        name
    ) in services.split():  # one by one: the demo's notifier lives in the network of the catcher, which must be there
        stack.compose("restart", "--timeout", "40", name)
    stack.healthy(timeout_s=240)
    stack.ready(timeout_s=240)

    after = {each.name: each.started for name in services.split() for each in stack.containers(name)}
    assert before.keys() == after.keys()
    assert not before.items() & after.items()


def test_object_is_still_seen(stack: Stack) -> None:
    """After all these restarts a node's state goes on to be told anew."""
    (analytics,) = stack.containers("analytics")

    def told() -> str:
        return str(json.loads(stack.inside(analytics, "python", "-c", ASK, URL))["VrouterAgent"]["__T"])

    first = told()

    assert stack.until(lambda: told() != first, 180, "a newer state")


def test_console_is_opened(stack: Stack, tmp_path: Path, steps: Steps) -> None:
    """With an address to listen at and a credential the console is on its published port, for who has the credential."""
    tmp_path.chmod(0o755)
    (tmp_path / "credentials").write_text(f"operate asha {SECRET}\n")
    stack.set(
        {
            "SECRETS_DIR": str(tmp_path),
            "SATARK_ANALYTICS_LISTEN": "0.0.0.0:8081",
            "SATARK_ANALYTICS_CREDENTIALS_FILE": "/run/secrets/credentials",
        }
    )
    stack.start(detector=2, gateway=2)
    stack.healthy(timeout_s=240)
    stack.ready(timeout_s=240)
    url = f"http://127.0.0.1:{stack.analytics_port}/console"

    page = stack.engine.get(url, {"Authorization": "Basic " + b64encode(f"asha:{SECRET}".encode()).decode()}).decode()
    with pytest.raises(subprocess.CalledProcessError) as refused:
        stack.engine.get(url)

    steps.say(f"{url} {len(page)} characters")
    assert "<title>Links" in page
    assert b"401" in refused.value.stderr


def test_nothing_has_crashed(stack: Stack) -> None:
    """No container was started again by the engine."""
    assert [] == [each for each in stack.containers() if each.restarts]


def test_nothing_is_left(stack: Stack) -> None:
    """`down --volumes` removes containers, networks and volumes."""
    stack.remove()

    wanted = "label=com.docker.compose.project=satark-test"
    assert [] == stack.containers()
    assert "" == stack.engine.run("docker", "volume", "ls", "--quiet", "--filter", wanted)
    assert "" == stack.engine.run("docker", "network", "ls", "--quiet", "--filter", wanted)
