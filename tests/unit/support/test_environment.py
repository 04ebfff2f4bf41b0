from pathlib import Path

import pytest

from tests.support.environment import cache_root, child_environment, variable


class TestChildEnvironment:
    def test_drops_settings_of_the_developer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A child gets the given SATARK_ variables only, and everything else that we have."""
        monkeypatch.setenv("SATARK_POLLER_VCO_URL", "https://real.example")
        monkeypatch.setenv("UNRELATED", "kept")

        found = child_environment({"SATARK_LOG_LEVEL": "debug"})

        assert "SATARK_POLLER_VCO_URL" not in found
        assert (found["SATARK_LOG_LEVEL"], found["UNRELATED"], found["PATH"]) == ("debug", "kept", variable("PATH"))


class TestCacheRoot:
    @pytest.mark.parametrize(
        ("own", "user", "expected"),
        [("/a/cache", "/b", "/a/cache"), ("", "/b", "/b/satark"), ("", "", "/home/somebody/.cache/satark")],
    )
    def test_prefers_the_own_variable(
        self, own: str, user: str, expected: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """SATARK_CACHE_DIR wins over XDG_CACHE_HOME, which wins over the home folder."""
        for name, value in (("SATARK_CACHE_DIR", own), ("XDG_CACHE_HOME", user), ("HOME", "/home/somebody")):
            monkeypatch.setenv(name, value)

        assert cache_root() == Path(expected)
