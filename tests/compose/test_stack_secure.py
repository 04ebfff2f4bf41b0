"""The secured stack in containers: TLS, logins and rights between all parts, secrets in files only, and a mail in the end.

One story, as in test_stack.py, which has built the images.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.compose.conftest import Steps
from tests.support.engine import Engine
from tests.support.environment import REPOSITORY
from tests.support.stack import Stack

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1200)]

FOLDER = REPOSITORY / "deploy" / "security"
OBJECT = "https://analytics:8081/analytics/uves/vrouter/compute-00000?cfilt=VrouterAgent:vm_count"
ASK = """
import ssl, sys, urllib.request as u
known = ssl.create_default_context(cafile="/run/secrets/ca.pem")
secret = open("/run/secrets/credentials").read().split()[-1] if "login" in sys.argv else "not-it"
asked = u.Request(sys.argv[1], headers={"Authorization": "Bearer " + secret})
print(u.urlopen(asked, timeout=10, context=known).read().decode())
"""
LINK = re.compile(r"https://localhost:8081/act/\S+")
KNOCK = """
import socket, ssl, sys
known = ssl.create_default_context(cafile="/run/secrets/ca.pem")
host, port, who = sys.argv[1:]
if who == "somebody":
    known.load_cert_chain("/run/secrets/cert.pem", "/run/secrets/key.pem")
try:
    with socket.create_connection((host, int(port)), timeout=4) as plain, known.wrap_socket(plain, server_hostname=host) as s:
        print("heard" if s.recv(1) else "closed")
except TimeoutError:
    print("listened to")
except ssl.SSLCertVerificationError:
    raise
except OSError:
    print("refused")
"""
SECRETS = ("*/kafka-password", "*/vco-token", "*/demo-vco-token", "*/links-keys", "*/alarm-token-key", "*/credentials")


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """What the scripts make."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for script in ("certificates.sh", "passwords.sh"):
            subprocess.run(["sh", str(FOLDER / script), folder], check=True, capture_output=True)
        yield Path(folder)


@pytest.fixture(scope="module")
def stack(engine: Engine, images: dict[str, str], made: Path) -> Iterator[Stack]:
    """The stack with the second file."""
    with tempfile.TemporaryDirectory() as folder:
        second = "deploy/security/docker-compose.secure.yml"
        stack = Stack(engine, images, Path(folder), more_files=[second], more={"SECURITY_DIR": str(made)})
        stack.remove()
        yield stack
        stack.remove()


def _inside(stack: Stack, service: str, program: str, *arguments: str) -> str:
    (container,) = stack.containers(service)
    return stack.inside(container, "python", "-c", program, *arguments)


def test_secured_stack_starts(stack: Stack) -> None:
    """With the second file everything becomes healthy and ready: logins, certificates and rights are enough."""
    stack.start()

    stack.healthy(timeout_s=400)
    stack.ready(timeout_s=240)


def test_mail_arrives_in_the_secured_stack(stack: Stack, steps: Steps) -> None:
    """What the poller reads by HTTPS goes through Kafka with its rights and ends in a mail, whose links are answered."""
    mails = stack.until(stack.mails, 300, "a mail")

    mail = message_from_bytes(stack.raw_mail(mails[-1]["id"]), policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    link = LINK.search(body.get_content())
    assert link is not None
    page = _inside(stack, "analytics", ASK, link.group())
    steps.say(f"{mail['Subject']}, {len(page)} characters behind {link.group()[:40]}...")
    assert "opened" == mail["X-Satark-State"]
    assert "LDN-vVCE" in page


def test_object_is_seen_with_credentials_only(stack: Stack) -> None:
    """A daemon's node, told by mutual TLS, is there over HTTPS for who may ask, and for nobody else."""
    found = stack.until(lambda: "vm_count" in _inside(stack, "analytics", ASK, OBJECT, "login"), 120, "the object")

    with pytest.raises(subprocess.CalledProcessError) as refused:
        _inside(stack, "analytics", ASK, OBJECT)

    assert found
    assert "401" in str(refused.value.stderr)


@pytest.mark.parametrize(("host", "port"), [("kafka", "9092"), ("gateway", "8086")])
def test_nobody_without_a_certificate(stack: Stack, host: str, port: str) -> None:
    """The broker and the gateway listen to who has a certificate of the authority, and to nobody else."""
    said = [_inside(stack, "analytics", KNOCK, host, port, who).strip() for who in ("somebody", "nobody")]

    assert "listened to" == said[0]
    assert said[1] in {"refused", "closed"}


def test_no_secret_is_in_a_log(stack: Stack, made: Path, steps: Steps) -> None:
    """No password, token or key that the scripts made is in what any container has written."""
    secrets = {file.read_text().split()[-1] for pattern in SECRETS for file in made.glob(pattern)}
    logs = {each.name: stack.log(each) for each in stack.containers()}

    steps.say(f"{len(secrets)} secrets sought in {sum(map(len, logs.values()))} characters of {len(logs)} logs")
    assert 11 == len(secrets)
    assert all(len(log) > 0 for name, log in logs.items() if "simulate" not in name)
    assert [] == [name for name, log in logs.items() for secret in secrets if secret in log]
