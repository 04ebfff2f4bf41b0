from pathlib import Path
from typing import Any

import pytest

from satark.runtime.groups import KafkaSettings, LogSettings, OpsSettings, split_address
from satark.runtime.secret import Secret
from satark.runtime.settings import SettingsError, load
from tests.support.certificates import Authority


def kafka_mistakes(**changes: Any) -> list[str]:
    """Return what contradicts itself in a group that is else fine."""
    return list(KafkaSettings(**({"brokers": "one:9092"} | changes)).mistakes())


class TestKafkaSettings:
    def test_brokers_are_enough(self) -> None:
        """Nothing but brokers is needed; IPv6 and several are fine."""
        assert kafka_mistakes() == []
        assert kafka_mistakes(brokers="one:9092, [::1]:9093") == []

    @pytest.mark.parametrize("brokers", ["one", ":9092", "one:0", "one:65536", "one:9092,", "one:x", "a b:9092"])
    def test_a_broker_is_a_host_and_a_port(self, brokers: str) -> None:
        """A broker without host or usable port is told."""
        assert all("is not host:port" in line for line in kafka_mistakes(brokers=brokers))
        assert kafka_mistakes(brokers=brokers)

    def test_a_login_needs_both_halves(self) -> None:
        """SASL without user or password is told, and so are both without SASL."""
        password = Secret("p")

        assert kafka_mistakes(security_protocol="SASL_SSL", sasl_username="u") == [
            "SECURITY_PROTOCOL SASL_SSL needs SASL_USERNAME and SASL_PASSWORD"
        ]
        assert kafka_mistakes(sasl_username="u", sasl_password=password) == [
            "SASL_USERNAME and SASL_PASSWORD have no use with SECURITY_PROTOCOL PLAINTEXT"
        ]
        assert kafka_mistakes(security_protocol="SASL_PLAINTEXT", sasl_username="u", sasl_password=password) == []

    def test_files_need_tls(self, tmp_path: Path) -> None:
        """Certificates without TLS and half a pair are told."""
        assert kafka_mistakes(ca_file=tmp_path / "x") == [
            "CA_FILE, CERT_FILE and KEY_FILE have no use with SECURITY_PROTOCOL PLAINTEXT"
        ]
        assert kafka_mistakes(security_protocol="SSL", cert_file=tmp_path / "x") == [
            "CERT_FILE and KEY_FILE go together"
        ]

    def test_files_are_looked_at(self, tmp_path: Path) -> None:
        """Certificates that work are fine, a missing file is told before anything starts."""
        authority = Authority(tmp_path)
        client = authority.issue("client")
        files = {"ca_file": authority.ca_file, "cert_file": client.cert_file, "key_file": client.key_file}

        assert kafka_mistakes(security_protocol="SSL", **files) == []
        assert kafka_mistakes(security_protocol="SSL", ca_file=tmp_path / "absent") == [
            f"CA_FILE: {tmp_path / 'absent'} is no readable file"
        ]


class TestOpsSettings:
    @pytest.mark.parametrize(
        ("listen", "address"),
        [("0.0.0.0:9100", ("0.0.0.0", 9100)), ("[::]:0", ("::", 0)), ("localhost:65535", ("localhost", 65535))],
    )
    def test_an_address_is_split(self, listen: str, address: tuple[str, int]) -> None:
        """The listen address is a host, without brackets, and a port."""
        settings = load("ops", OpsSettings, {"SATARK_OPS_LISTEN": listen})

        assert address == settings.address

    @pytest.mark.parametrize("listen", ["9100", ":9100", "x:", "x:99999", "x:-1", "x:٣"])
    def test_anything_else_is_refused(self, listen: str) -> None:
        """What is no host and port is refused by name."""
        with pytest.raises(SettingsError, match=r"LISTEN: .* is not host:port"):
            load("ops", OpsSettings, {"SATARK_OPS_LISTEN": listen})


class TestLogSettings:
    def test_a_level_is_one_of_four(self) -> None:
        """An unknown level is refused with those that there are."""
        with pytest.raises(SettingsError, match="expected one of debug, info, warning, error"):
            load("log", LogSettings, {"SATARK_LOG_LEVEL": "verbose"})


class TestSplitAddress:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("h:1", ("h", 1)),
            ("::1:9092", ("::1", 9092)),
            ("[::1]:2", ("::1", 2)),
            ("h", ("", None)),
            ("h:000001", ("h", None)),
        ],
    )
    def test_the_last_colon_counts(self, text: str, expected: tuple[str, int | None]) -> None:
        """The port follows the last colon."""
        assert expected == split_address(text)
