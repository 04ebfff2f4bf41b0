"""PollerSettings: every accepted form of the orchestrator's address and credential, and every mistake."""

from pathlib import Path

import pytest

from satark.poller.orchestrator import Orchestrator
from satark.poller.settings import PollerSettings
from satark.runtime.settings import SettingsError, load

HOST = {"VCO_HOSTNAME": "vco.example.net"}
TOKEN = {"VCO_TOKEN": "abc"}
FILE = "SATARK_POLLER_ORCHESTRATORS_FILE"


def only(environ: dict[str, str]) -> Orchestrator:
    """Return the one orchestrator of an environment."""
    (orchestrator,) = load("poller", PollerSettings, environ).orchestrators()
    return orchestrator


def mistakes_of(environ: dict[str, str]) -> str:
    """Return what the settings say to an environment that they refuse."""
    with pytest.raises(SettingsError) as caught:
        load("poller", PollerSettings, environ)
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two orchestrators."""
    path = tmp_path / "orchestrators.toml"
    path.write_text(
        '[orchestrators.emea]\nurl = "vco1.example.net"\ntoken = "geheim-one"\n'
        '[orchestrators.apac]\nurl = "vco2.example.net"\nusername = "ann"\npassword = "geheim-two"\nconcurrency = 1\n'
    )
    return path


class TestCredentials:
    def test_seed_names(self) -> None:
        """The environment names of existing scripts are accepted."""
        orchestrator = only({**HOST, "VCO_USERNAME": "ann", "VCO_PASSWORD": "p"})

        assert orchestrator.base_url == "https://vco.example.net"
        assert orchestrator.name == "vco.example.net"
        assert (orchestrator.username, orchestrator.secrets) == ("ann", ("p",))

    def test_own_names_win(self) -> None:
        """The service's own names win over the aliases."""
        assert only({"SATARK_POLLER_VCO_URL": "one.example.net:8443", **HOST, **TOKEN}).name == "one.example.net:8443"

    def test_name(self) -> None:
        """An orchestrator may have a name that is not its host."""
        assert only({**HOST, **TOKEN, "SATARK_POLLER_ORCHESTRATOR": "emea"}).name == "emea"

    def test_password_in_url(self) -> None:
        """A password in the URL is refused and not repeated."""
        said = mistakes_of({"VCO_HOSTNAME": "https://ann:geheim@vco.example.net", **TOKEN})

        assert "VCO_USERNAME" in said
        assert "geheim" not in said

    def test_neither(self) -> None:
        """Without token and login the settings are refused."""
        assert "either VCO_TOKEN, or VCO_USERNAME and VCO_PASSWORD" in mistakes_of(HOST)

    def test_half_a_login(self) -> None:
        """A user name without a password is refused."""
        assert "VCO_USERNAME and VCO_PASSWORD go together" in mistakes_of({**HOST, "VCO_USERNAME": "ann"})

    def test_token_with_line_break(self) -> None:
        """A token with a line break in it is refused without being shown."""
        said = mistakes_of({**HOST, "VCO_TOKEN": "geheim\nX-Other: 1"})

        assert "VCO_TOKEN" in said
        assert "geheim" not in said


class TestMistakes:
    def test_plain_http(self) -> None:
        """Plain HTTP is for loopback unless it is asked for."""
        plain = {"VCO_HOSTNAME": "http://vco.example.net", **TOKEN}

        assert "plain http://" in mistakes_of(plain)
        assert only({"VCO_HOSTNAME": "http://127.0.0.1:8080", **TOKEN}).name == "127.0.0.1:8080"
        assert only({"SATARK_POLLER_ALLOW_PLAIN_HTTP": "yes", **plain}).allow_plain_http

    def test_all_at_once(self) -> None:
        """Contradictions are reported together."""
        said = mistakes_of(
            {
                **HOST,
                "SATARK_POLLER_SAMPLE_S": "70",
                "SATARK_POLLER_MAX_BACKFILL_S": "10",
                "SATARK_POLLER_CA_FILE": "ca.pem",
                "SATARK_POLLER_VERIFY": "no",
                "SATARK_POLLER_HEARTBEAT_URL": "geheim",
            }
        )

        words = ("SAMPLE_S", "MAX_BACKFILL_S", "CA_FILE has no use", "no readable file", "VCO_TOKEN", "HEARTBEAT_URL")
        assert [word for word in words if word not in said] == []
        assert "geheim" not in said

    def test_concurrency_limit(self) -> None:
        """More than four requests at a time are refused: the vendor wants no more than a handful."""
        assert "SATARK_POLLER_CONCURRENCY" in mistakes_of({**HOST, **TOKEN, "SATARK_POLLER_CONCURRENCY": "5"})

    def test_rules(self) -> None:
        """The rules of time are the settings'."""
        rules = only({**HOST, **TOKEN, "SATARK_POLLER_BACKFILL_S": "7200"}).rules

        assert (rules.sample_s, rules.backfill_s) == (300, 7200)

    @pytest.mark.parametrize("url", ["https://beat.example.net/x?y=z", "http://localhost:8000"])
    def test_heartbeat(self, url: str) -> None:
        """A heartbeat is any web address, and is as secret as a token."""
        settings = load("poller", PollerSettings, {**HOST, **TOKEN, "SATARK_POLLER_HEARTBEAT_URL": url})

        assert settings.heartbeat_url is not None
        assert settings.heartbeat_url.reveal() == url
        assert url not in repr(settings)

    @pytest.mark.parametrize("url", ["beat.example.net", "https://", "https://a:0/", "https://a:x/", "file:///x"])
    def test_no_heartbeat(self, url: str) -> None:
        """What is no web address is refused."""
        assert "HEARTBEAT_URL: expected https:// or http://" in mistakes_of(
            {**HOST, **TOKEN, "SATARK_POLLER_HEARTBEAT_URL": url}
        )


class TestSeveral:
    def test_none_at_all(self) -> None:
        """Without an orchestrator both ways of giving one are named."""
        said = mistakes_of({})

        assert [word in said for word in ("VCO_URL", "VCO_HOSTNAME", "ORCHESTRATORS_FILE")] == [True] * 3

    def test_credential_without_url(self, file: Path) -> None:
        """A credential without its orchestrator is a mistake, also beside a file."""
        assert "VCO_URL (or VCO_HOSTNAME) is missing" in mistakes_of(TOKEN)
        assert "VCO_URL (or VCO_HOSTNAME) is missing" in mistakes_of({**TOKEN, FILE: str(file)})

    def test_file_alone(self, file: Path) -> None:
        """The file's orchestrators have what the process's settings say, except what their tables say."""
        settings = load("poller", PollerSettings, {FILE: str(file), "SATARK_POLLER_CONCURRENCY": "3"})

        emea, apac = settings.orchestrators()

        assert [emea.name, apac.name] == ["emea", "apac"]
        assert [emea.concurrency, apac.concurrency] == [3, 1]

    def test_both(self, file: Path) -> None:
        """The environment's orchestrator is one more."""
        settings = load("poller", PollerSettings, {**HOST, **TOKEN, FILE: str(file)})

        assert [o.name for o in settings.orchestrators()] == ["vco.example.net", "emea", "apac"]

    def test_secrets(self, file: Path) -> None:
        """All credentials are known as secrets, and shown by nothing."""
        settings = load("poller", PollerSettings, {**HOST, **TOKEN, FILE: str(file)})

        secrets = {secret.reveal() for secret in settings.more_secrets()}
        assert secrets == {"abc", "geheim-one", "geheim-two"}
        assert "geheim" not in repr(settings.orchestrators())

    @pytest.mark.parametrize(
        ("environ", "words"),
        [
            ({"VCO_URL": "other.example.net", "ORCHESTRATOR": "emea"}, "two orchestrators are called emea"),
            ({"VCO_URL": "VCO1.example.net:443/portal/"}, "vco1.example.net:443 and emea are the same orchestrator"),
        ],
    )
    def test_duplicates(self, file: Path, environ: dict[str, str], words: str) -> None:
        """Neither a name nor a URL with the same credential is given twice."""
        given = {f"SATARK_POLLER_{name}": text for name, text in environ.items()}

        assert words in mistakes_of({**given, "VCO_TOKEN": "geheim-one", FILE: str(file)})

    def test_shared_mistake(self, file: Path) -> None:
        """What is wrong in the process's settings is told once, not for each orchestrator."""
        said = mistakes_of({**HOST, **TOKEN, FILE: str(file), "SATARK_POLLER_SAMPLE_S": "70"})

        assert said.count("must be whole minutes") == 1
        assert "SATARK_POLLER_*: SAMPLE_S must be whole minutes" in said

    def test_file_changed(self, file: Path) -> None:
        """A file that went wrong after the check is told as at the check."""
        settings = load("poller", PollerSettings, {FILE: str(file)})
        file.unlink()

        with pytest.raises(SettingsError, match=r"SATARK_POLLER_\*: ORCHESTRATORS_FILE: .* cannot be read"):
            settings.orchestrators()
