import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from satark.runtime.acls import OPERATOR, SERVICES, TOPICS_ADMIN
from satark.runtime.tls import client_context, tls_mistakes
from tests.support.environment import REPOSITORY

FOLDER = REPOSITORY / "deploy" / "security"
PARTS = [line.split() for line in (FOLDER / "parts.conf").read_text().splitlines() if line and line[0] != "#"]
NAMES = [name for name, _, _ in PARTS]


def run(script: str, *arguments: str, **environment: str) -> str:
    """Run a script of the folder; return what it printed."""
    command = ["sh", str(FOLDER / script), *arguments]
    whole = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | environment
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=whole)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def certificate(folder: Path, name: str) -> x509.Certificate:
    """Return a part's certificate."""
    return x509.load_pem_x509_certificate((folder / name / "cert.pem").read_bytes())


class TestMade:
    def test_every_part_that_logs_in_has_one(self) -> None:
        """All services, the operator and the admin of the topics are among the parts."""
        assert {service.name for service in SERVICES} | {OPERATOR, TOPICS_ADMIN, "kafka", "admin"} <= set(NAMES)

    @pytest.mark.parametrize(("name", "hosts"), [(name, hosts) for name, _, hosts in PARTS])
    def test_a_certificate(self, made: Path, name: str, hosts: str) -> None:
        """It is the part's by subject and names, lasts a year, and is good for servers and clients, not as an authority."""
        found = certificate(made, name)

        wanted = [f"satark-{name}", *(hosts.split(",") if hosts != "-" else ())]
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = [str(each) for each in names.get_values_for_type(x509.IPAddress)]
        usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        lasts = found.not_valid_after_utc - datetime.now(UTC)
        assert [each.value for each in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [f"satark-{name}"]
        assert names.get_values_for_type(x509.DNSName) + addresses == wanted
        assert all(ip_address(address) for address in addresses)
        assert set(usage) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
        assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert timedelta(days=363) < lasts <= timedelta(days=365)

    def test_services_can_use_them(self, made: Path) -> None:
        """What the scripts make is what the settings accept."""
        files = made / "poller" / "ca.pem", made / "poller" / "cert.pem", made / "poller" / "key.pem"

        assert tls_mistakes(*files) == []
        assert client_context(*files).get_ca_certs()

    def test_only_their_owner_reads_secrets(self, made: Path) -> None:
        """Every file has mode 0600, every folder 0700."""
        files = [path for path in made.rglob("*") if path.is_file()]

        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert {path.stat().st_mode & 0o777 for path in made.rglob("*") if path.is_dir()} == {0o700}

    def test_passwords_are_each_other_s_unlike(self, made: Path) -> None:
        """Every part has a password of its own, of 256 bits."""
        passwords = [file.read_text().strip() for file in made.glob("*/kafka-password")]

        assert len(passwords) == len(set(passwords)) == len(SERVICES) + 2
        assert {len(password) for password in passwords} == {64}


class TestRenewal:
    def test_what_is_good_stays(self, own: Path) -> None:
        """A second run makes nothing; passwords stay too."""
        before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}

        said = run("certificates.sh", str(own)) + run("passwords.sh", str(own))

        assert "made" not in [line.split()[0] for line in said.splitlines()]
        assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before

    def test_one_part_is_made_anew(self, own: Path) -> None:
        """--renew gives one part another key and certificate of the same authority."""
        before = certificate(own, "poller"), certificate(own, "detector")

        run("certificates.sh", str(own), "--renew", "poller")

        assert certificate(own, "poller").public_key() != before[0].public_key()
        assert certificate(own, "poller").issuer == before[0].issuer
        assert certificate(own, "detector") == before[1]

    def test_another_name_makes_it_anew(self, own: Path, tmp_path: Path) -> None:
        """A part that gets another name in parts.conf gets a certificate with it, and only that part."""
        text = (
            (FOLDER / "parts.conf").read_text().replace("gateway,localhost", "gateway.example.net,192.0.2.7,localhost")
        )
        (tmp_path / "parts.conf").write_text(text)
        detector = certificate(own, "detector")

        run("certificates.sh", str(own), PARTS=str(tmp_path / "parts.conf"))

        names = certificate(own, "gateway").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert "gateway.example.net" in names.get_values_for_type(x509.DNSName)
        assert ip_address("192.0.2.7") in names.get_values_for_type(x509.IPAddress)
        assert certificate(own, "detector") == detector
