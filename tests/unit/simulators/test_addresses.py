from pathlib import Path

import pytest

from satark.simulators.addresses import join_address, pair_mistakes, split_address


class TestAddresses:
    @pytest.mark.parametrize(
        ("text", "address"), [("127.0.0.1:0", ("127.0.0.1", 0)), ("[::1]:80", ("::1", 80)), ("mail:25", ("mail", 25))]
    )
    def test_round_trip(self, text: str, address: tuple[str, int]) -> None:
        """A listen address is taken apart and put together again."""
        assert split_address(text) == address
        assert join_address(*address) == text


class TestPairs:
    def test_fine(self, tmp_path: Path) -> None:
        """Both files or none are fine."""
        for name in ("cert", "key"):
            (tmp_path / name).touch()

        assert list(pair_mistakes(None, None)) == []
        assert list(pair_mistakes(tmp_path / "cert", tmp_path / "key")) == []

    def test_mistakes(self, tmp_path: Path) -> None:
        """One without the other, and files that are not there, are mistakes."""
        missing = tmp_path / "cert"

        assert list(pair_mistakes(missing, None)) == [
            "TLS_CERT_FILE and TLS_KEY_FILE go together",
            f"TLS_CERT_FILE: no file {missing}",
        ]
