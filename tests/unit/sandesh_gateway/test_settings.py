import ssl
from pathlib import Path

import pytest

from satark.runtime.settings import SettingsError, load
from satark.sandesh_gateway.settings import GatewaySettings
from tests.support.certificates import Authority, Identity

PREFIX = "SATARK_GATEWAY_"


def loaded(**variables: object) -> GatewaySettings:
    """The settings of an environment."""
    return load("gateway", GatewaySettings, {PREFIX + name: str(value) for name, value in variables.items()})


def mistakes(**variables: object) -> list[str]:
    """What is wrong with an environment."""
    with pytest.raises(SettingsError) as caught:
        loaded(**variables)
    return [mistake.partition(": ")[2] for mistake in caught.value.mistakes]


class TestAddresses:
    def test_nothing_given(self) -> None:
        """Daemons connect on every address, over TCP; pages are for this host alone, and syslog for nobody."""
        settings = loaded()

        assert settings.addresses == {"tcp": ("0.0.0.0", 8086)}
        assert settings.introspect_address == ("127.0.0.1", 8089)
        assert settings.listening == {}

    def test_both(self, files: dict[str, Path]) -> None:
        """TCP and TLS have an address each."""
        settings = loaded(LISTEN="127.0.0.1:8086", TLS_LISTEN="[::1]:8087", INTROSPECT_LISTEN="none", **files)

        assert settings.addresses == {"tcp": ("127.0.0.1", 8086), "tls": ("::1", 8087)}
        assert settings.introspect_address is None

    def test_name(self) -> None:
        """A gateway has the name that it is given; without one, two processes of a host have different ones."""
        assert loaded(NAME="g1").process_name == "g1"
        assert "/" in loaded().process_name


class TestMistakes:
    def test_all_at_once(self) -> None:
        """Every mistake is told."""
        assert mistakes(
            LISTEN="8086", INTROSPECT_LISTEN="localhost", TLS_CA_FILE="/ca.pem", SYSLOG_UDP_LISTEN="514"
        ) == [
            "SYSLOG_UDP_LISTEN: '514' is not host:port",
            "LISTEN: '8086' is not host:port",
            "INTROSPECT_LISTEN: 'localhost' is not host:port",
            "TLS_CA_FILE, TLS_CERT_FILE and TLS_KEY_FILE have no use without TLS_LISTEN",
        ]

    def test_nobody_could_connect(self) -> None:
        """A gateway listens somewhere."""
        assert mistakes(LISTEN="none") == ["LISTEN and TLS_LISTEN are both off: no daemon could connect"]

    def test_tls_needs_a_certificate(self, files: dict[str, Path]) -> None:
        """And a CA where the daemons must have certificates."""
        del files["TLS_CA_FILE"]
        address = {"TLS_LISTEN": "0.0.0.0:8087"}

        assert mistakes(**address) == ["TLS_LISTEN needs TLS_CERT_FILE and TLS_KEY_FILE"]
        assert mistakes(**address, **files) == ["TLS_CA_FILE is needed to verify the daemons' certificates"]
        assert loaded(**address, **files, TLS_CLIENT_CERTIFICATES="optional").addresses["tls"] == ("0.0.0.0", 8087)

    def test_files_that_cannot_be_used(self, files: dict[str, Path], own: Identity, tmp_path: Path) -> None:
        """A file that is not there, and a key of another certificate, are told before anything listens."""
        absent = tmp_path / "absent.pem"
        other = Authority(tmp_path / "other").issue("other")

        (missing,) = mistakes(TLS_LISTEN="0.0.0.0:8087", **files | {"TLS_CA_FILE": absent})
        (foreign,) = mistakes(TLS_LISTEN="0.0.0.0:8087", **files | {"TLS_KEY_FILE": other.key_file})

        assert missing == f"TLS_CA_FILE: {absent} is no readable file"
        assert foreign.startswith(
            f"TLS_CERT_FILE and KEY_FILE: {own.cert_file} and {other.key_file} do not work together"
        )


class TestTls:
    @pytest.mark.parametrize(
        ("certificates", "mode"), [("required", ssl.CERT_REQUIRED), ("optional", ssl.CERT_OPTIONAL)]
    )
    def test_clients(self, files: dict[str, Path], certificates: str, mode: ssl.VerifyMode) -> None:
        """A daemon's certificate is asked for, and verified where there is one; nothing older than TLS 1.2 is spoken."""
        settings = loaded(TLS_LISTEN="0.0.0.0:8087", TLS_CLIENT_CERTIFICATES=certificates, **files)

        context = settings.tls_context()

        assert (context.verify_mode, context.minimum_version) == (mode, ssl.TLSVersion.TLSv1_2)

    def test_no_ca(self, files: dict[str, Path]) -> None:
        """Without a CA no certificate could be verified, so none is asked for."""
        del files["TLS_CA_FILE"]
        settings = loaded(TLS_LISTEN="0.0.0.0:8087", TLS_CLIENT_CERTIFICATES="optional", **files)

        assert settings.tls_context().verify_mode is ssl.CERT_NONE


class TestOwnAddress:
    @pytest.mark.parametrize(
        ("listen", "own"),
        [
            ("0.0.0.0:0", "127.0.0.1:5005"),
            ("[::]:0", "[::1]:5005"),
            ("192.0.2.1:0", "192.0.2.1:5005"),
        ],
    )
    def test_over_tcp(self, listen: str, own: str) -> None:
        """The gateway's own generator goes where daemons go, from inside, to the port that was bound."""
        assert loaded(LISTEN=listen).own_address({"tcp": 5005, "tls": 5006}) == (own, None)

    def test_over_tls(self, files: dict[str, Path]) -> None:
        """Where there is TLS alone it shows the gateway's certificate, and trusts itself."""
        address, context = loaded(LISTEN="none", TLS_LISTEN="0.0.0.0:0", **files).own_address({"tls": 5006})

        assert address == "127.0.0.1:5006"
        assert context is not None
        assert (context.check_hostname, context.verify_mode) == (False, ssl.CERT_NONE)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The daemons' authority, and the gateway's."""
    return Authority(tmp_path)


@pytest.fixture
def own(authority: Authority) -> Identity:
    """The gateway's certificate."""
    return authority.issue("gateway")


@pytest.fixture
def files(authority: Authority, own: Identity) -> dict[str, Path]:
    """The settings that name files, with good ones."""
    return {"TLS_CA_FILE": authority.ca_file, "TLS_CERT_FILE": own.cert_file, "TLS_KEY_FILE": own.key_file}
