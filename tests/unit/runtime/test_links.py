from pathlib import Path

import pytest

from satark.runtime.links import LinkSettings
from satark.runtime.secret import Secret
from satark.runtime.settings import SettingsError, load

ONE, OTHER = "a" * 32, "b" * 32
URL = "https://satark.example.com"


def mistakes(url: str = URL, keys: str | None = ONE) -> list[str]:
    """Return what contradicts itself."""
    return list(LinkSettings(url=url, keys=Secret(keys) if keys else None).mistakes())


class TestLinkSettings:
    def test_without_them_there_are_no_links(self) -> None:
        """Nothing is needed, and then nothing is linked."""
        none = LinkSettings()

        assert (none.enabled, none.key_bytes, list(none.mistakes())) == (False, (), [])
        assert LinkSettings(url=URL, keys=Secret(ONE)).enabled

    def test_a_url_and_keys_go_together(self) -> None:
        """One without the other is told."""
        assert mistakes(keys=None) == ["URL and KEYS go together"]
        assert mistakes(url="") == ["URL and KEYS go together"]

    @pytest.mark.parametrize("text", [f"{ONE},{OTHER}", f" {ONE}\n{OTHER}\n", f"{ONE}, {OTHER},"])
    def test_the_first_of_several_keys_signs(self, text: str) -> None:
        """Keys are apart by commas or lines, in order, and each of them is kept out of logs."""
        settings = LinkSettings(url=URL, keys=Secret(text))

        assert settings.key_bytes == (ONE.encode(), OTHER.encode())
        assert list(settings.more_secrets()) == [Secret(ONE), Secret(OTHER)]
        assert list(settings.mistakes()) == []

    def test_a_weak_key_is_refused(self) -> None:
        """A key that is too short, twice there, or none at all is told by its number, never by its text."""
        assert mistakes(keys=f"{ONE},short") == ["KEYS: key 2 is shorter than 32 bytes"]
        assert mistakes(keys=f"{ONE},{ONE}") == ["KEYS has a key twice"]
        assert mistakes(keys=",") == ["KEYS holds no key"]

    @pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}:8443/satark", "http://127.0.0.1:8081", "http://[::1]:1"])
    def test_a_base_of_links(self, url: str) -> None:
        """Host, port and path make a base."""
        assert mistakes(url=url) == []

    @pytest.mark.parametrize(
        "url",
        [
            *("satark.example.com", "ftp://satark.example.com", "https://", "https:///act", f"{URL}?a=b", f"{URL}#a"),
            *(
                "https://user:word@satark.example.com",
                "https://a b",
                "https://a:99999",
                'https://a"b',
                "https://sätark.example",
            ),
        ],
    )
    def test_what_is_no_base(self, url: str) -> None:
        """Anything that a path cannot be put behind, or a mail not hold, is told."""
        assert ["is not the base of links" in line for line in mistakes(url=url)] == [True]

    def test_plain_http_is_for_this_machine(self) -> None:
        """Links that others can read on their way are known as such."""
        in_the_clear = {
            url: LinkSettings(url=url).in_the_clear
            for url in ("http://satark.example.com", "http://localhost:8081", "http://127.0.0.1", URL)
        }

        assert [*in_the_clear.values()] == [True, False, False, False]

    def test_from_the_environment(self, tmp_path: Path) -> None:
        """Keys may be in a file, and mistakes name the variables."""
        file = tmp_path / "keys"
        file.write_text(f"{ONE}\n{OTHER}\n")

        found = load("links", LinkSettings, {"SATARK_LINKS_URL": f"{URL}/", "SATARK_LINKS_KEYS_FILE": str(file)})

        assert (found.base, len(found.key_bytes), found.valid_s) == (URL, 2, 604_800)
        with pytest.raises(SettingsError, match="SATARK_LINKS_"):
            load("links", LinkSettings, {"SATARK_LINKS_URL": URL})
