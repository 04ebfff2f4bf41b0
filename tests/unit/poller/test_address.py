import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.address import base_url, token_value


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

    @given(st.text(max_size=60))
    def test_any_text(self, text: str) -> None:
        """Any text is a URL or a ValueError, and a URL stays as it is when given again."""
        try:
            url = base_url(text)
        except ValueError:
            return

        assert base_url(url) == url


@pytest.mark.parametrize("text", ["abc", "Token abc", "token abc", "Token Token abc", "  Token  abc "])
def test_token_value(text: str) -> None:
    """A token may come with its word, even twice."""
    assert token_value(text) == "abc"
