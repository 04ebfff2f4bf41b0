"""PollerSettings: every accepted form of the orchestrator's address and credential, and every mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.settings import PollerSettings, base_url, token_value
from satark.runtime.settings import SettingsError, load

TOKEN = {"VCO_TOKEN": "abc"}


def mistakes_of(environ: dict[str, str]) -> str:
    """Return what the settings say to an environment that they refuse."""
    with pytest.raises(SettingsError) as caught:
        load("poller", PollerSettings, environ)
    return str(caught.value)


class TestBaseUrl:
    @pytest.mark.parametrize(
        "text",
        [
            "vco.example.net",
            "vco.example.net/",
            " VCO.example.net ",
            "https://vco.example.net",
            "https://vco.example.net/",
            "https://vco.example.net//",
            "https://vco.example.net/portal/",
            "https://vco.example.net/portal",
        ],
    )
    def test_forms(self, text: str) -> None:
        """Whatever people give for a host means the same URL."""
        assert base_url(text) == "https://vco.example.net"

    def test_port_and_prefix(self) -> None:
        """A port and the path of a reverse proxy are kept."""
        assert base_url("http://localhost:8080/vco/") == "http://localhost:8080/vco"

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("ftp://vco.example.net", "neither https:// nor http://"),
            ("https://", "no host name"),
            ("vco.example.net:99999", "port"),
            ("https://vco.example.net/?a=b", "without ? and #"),
            ("vco example.net", "no host name"),
        ],
    )
    def test_mistakes(self, text: str, words: str) -> None:
        """What is no address is refused with the reason."""
        with pytest.raises(ValueError, match=r".*") as caught:
            base_url(text)

        assert words in str(caught.value)

    def test_password_in_url(self) -> None:
        """A password in the URL is refused and not repeated."""
        said = mistakes_of({"VCO_HOSTNAME": "https://ann:geheim@vco.example.net", **TOKEN})

        assert "VCO_USERNAME" in said
        assert "geheim" not in said

    @given(st.text(max_size=60))
    def test_any_text(self, text: str) -> None:
        """Any text is a URL or a ValueError, and a URL stays as it is when given again."""
        try:
            url = base_url(text)
        except ValueError:
            return

        assert base_url(url) == url


class TestCredentials:
    def test_seed_names(self) -> None:
        """The environment names of existing scripts are accepted."""
        settings = load(
            "poller", PollerSettings, {"VCO_HOSTNAME": "vco.example.net", "VCO_USERNAME": "ann", "VCO_PASSWORD": "p"}
        )

        assert settings.base_url == "https://vco.example.net"
        assert settings.name == "vco.example.net"
        assert settings.vco_username == "ann"

    def test_own_names_win(self) -> None:
        """The service's own names win over the aliases."""
        settings = load(
            "poller",
            PollerSettings,
            {"SATARK_POLLER_VCO_URL": "one.example.net:8443", "VCO_HOSTNAME": "two.example.net", **TOKEN},
        )

        assert settings.name == "one.example.net:8443"

    @pytest.mark.parametrize("text", ["abc", "Token abc", "token abc", "Token Token abc", "  Token  abc "])
    def test_token_forms(self, text: str) -> None:
        """A token may come with its word, even twice."""
        assert token_value(text) == "abc"

    def test_neither(self) -> None:
        """Without token and login the settings are refused."""
        assert "either VCO_TOKEN, or VCO_USERNAME and VCO_PASSWORD" in mistakes_of({"VCO_HOSTNAME": "vco.example.net"})

    def test_half_a_login(self) -> None:
        """A user name without a password is refused."""
        said = mistakes_of({"VCO_HOSTNAME": "vco.example.net", "VCO_USERNAME": "ann"})

        assert "VCO_USERNAME and VCO_PASSWORD go together" in said

    def test_token_with_line_break(self) -> None:
        """A token with a line break in it is refused without being shown."""
        said = mistakes_of({"VCO_HOSTNAME": "vco.example.net", "VCO_TOKEN": "geheim\nX-Other: 1"})

        assert "VCO_TOKEN" in said
        assert "geheim" not in said


class TestMistakes:
    def test_plain_http(self) -> None:
        """Plain HTTP is for loopback unless it is asked for."""
        said = mistakes_of({"VCO_HOSTNAME": "http://vco.example.net", **TOKEN})

        assert "plain http://" in said
        assert (
            load("poller", PollerSettings, {"VCO_HOSTNAME": "http://127.0.0.1:8080", **TOKEN}).name == "127.0.0.1:8080"
        )
        assert load(
            "poller",
            PollerSettings,
            {"VCO_HOSTNAME": "http://vco.example.net", "SATARK_POLLER_ALLOW_PLAIN_HTTP": "yes", **TOKEN},
        ).allow_plain_http

    def test_all_at_once(self) -> None:
        """Contradictions are reported together."""
        said = mistakes_of(
            {
                "VCO_HOSTNAME": "vco.example.net",
                "SATARK_POLLER_SAMPLE_S": "70",
                "SATARK_POLLER_MAX_BACKFILL_S": "10",
                "SATARK_POLLER_CA_FILE": "ca.pem",
                "SATARK_POLLER_VERIFY": "no",
            }
        )

        assert [word in said for word in ("SAMPLE_S", "MAX_BACKFILL_S", "CA_FILE", "VCO_TOKEN")] == [True] * 4

    def test_concurrency_limit(self) -> None:
        """More than four requests at a time are refused: the vendor wants no more than a handful."""
        said = mistakes_of({"VCO_HOSTNAME": "v.example.net", "SATARK_POLLER_CONCURRENCY": "5", **TOKEN})

        assert "SATARK_POLLER_CONCURRENCY" in said

    def test_rules(self) -> None:
        """The rules of time are the settings'."""
        settings = load("poller", PollerSettings, {"VCO_HOSTNAME": "v.example.net", **TOKEN})

        assert (settings.rules.sample_s, settings.rules.backfill_s, settings.rules.late_buckets) == (300, 3900, 2)
