from pathlib import Path

import pytest

from satark.runtime.settings import SettingsError, load
from satark.sandesh_gateway.receivers.build import build_receivers
from satark.sandesh_gateway.receivers.syslog.settings import SyslogSettings
from tests.support.certificates import Authority

PREFIX = "SATARK_GATEWAY_SYSLOG_"


def loaded(**variables: object) -> SyslogSettings:
    """The settings of an environment."""
    return load("gateway", SyslogSettings, {PREFIX + name: str(value) for name, value in variables.items()})


def mistakes(**variables: object) -> list[str]:
    """What is wrong with an environment."""
    with pytest.raises(SettingsError) as caught:
        loaded(**variables)
    return [mistake.partition(": ")[2] for mistake in caught.value.mistakes]


class TestSyslogSettings:
    def test_nothing_given(self) -> None:
        """Without settings nothing listens, and only this host would be let in."""
        settings = loaded()

        assert settings.listening == {}
        assert build_receivers(settings) == ()
        assert settings.syslog_allow == ("127.0.0.0/8", "::1/128")

    def test_addresses(self) -> None:
        """Each transport listens on its addresses; a receiver is made of them, which listens nowhere yet."""
        settings = loaded(UDP_LISTEN="0.0.0.0:514,[::]:514", TCP_LISTEN="127.0.0.1:601")

        assert settings.listening == {"udp": (("0.0.0.0", 514), ("::", 514)), "tcp": (("127.0.0.1", 601),)}
        (receiver,) = build_receivers(settings)
        assert (receiver.name, receiver.addresses) == ("syslog", {})

    def test_mistakes(self) -> None:
        """Every mistake is told at once."""
        assert mistakes(
            UDP_LISTEN="514", ALLOW="192.0.2.1/24", TIMEZONE="Mars/Olympus", TLS_LISTEN="127.0.0.1:6514"
        ) == [
            "SYSLOG_UDP_LISTEN: '514' is not host:port",
            "SYSLOG_ALLOW: 192.0.2.1/24 has host bits set",
            "SYSLOG_TIMEZONE: 'Mars/Olympus' is no time zone of tzdata",
            "SYSLOG_TLS_LISTEN needs SYSLOG_TLS_CERT_FILE and SYSLOG_TLS_KEY_FILE",
        ]

    @pytest.mark.parametrize("zone", ["../../etc/passwd", "Europe", "", "/etc/localtime"])
    def test_zones_that_are_none(self, zone: str) -> None:
        """A zone is a name of tzdata; no path is followed."""
        if zone:
            assert mistakes(TIMEZONE=zone) == [f"SYSLOG_TIMEZONE: {zone!r} is no time zone of tzdata"]
        else:
            assert loaded(TIMEZONE=zone).syslog_timezone == "UTC"


class TestTls:
    def test_good(self, tmp_path: Path) -> None:
        """A certificate, its key and the senders' CA make a context."""
        authority = Authority(tmp_path)
        own = authority.issue("gateway")

        settings = loaded(
            TLS_LISTEN="127.0.0.1:6514",
            TLS_CERT_FILE=own.cert_file,
            TLS_KEY_FILE=own.key_file,
            TLS_CA_FILE=authority.ca_file,
        )

        assert settings.tls_context().verify_mode.name == "CERT_REQUIRED"

    def test_clients_need_a_ca(self, tmp_path: Path) -> None:
        """Senders' certificates cannot be verified without their CA."""
        own = Authority(tmp_path).issue("gateway")
        files = {"TLS_LISTEN": "127.0.0.1:6514", "TLS_CERT_FILE": own.cert_file, "TLS_KEY_FILE": own.key_file}

        assert mistakes(**files) == ["SYSLOG_TLS_CLIENTS required needs SYSLOG_TLS_CA_FILE"]
        assert loaded(**files, TLS_CLIENTS="ignored").tls_context().verify_mode.name == "CERT_NONE"

    def test_files_that_do_not_fit(self, tmp_path: Path) -> None:
        """A key of another certificate, and a file that is not there, are told."""
        authority = Authority(tmp_path)
        files = {
            "TLS_LISTEN": "127.0.0.1:6514",
            "TLS_CLIENTS": "ignored",
            "TLS_CERT_FILE": authority.issue("a").cert_file,
        }

        (mistake,) = mistakes(**files, TLS_KEY_FILE=authority.issue("b").key_file)
        assert "MISMATCH" in mistake
        (mistake,) = mistakes(**files, TLS_KEY_FILE=tmp_path / "none.pem")
        assert "No such file" in mistake
