"""Where the store is, as a URL says it."""

import pytest

from satark.analytics.store.address import Address, Embedded, Served, address_of


class TestAddressOf:
    @pytest.mark.parametrize(
        ("url", "address"),
        [
            ("chdb:///var/lib/satark", Embedded("/var/lib/satark")),
            ("chdb://data/here", Embedded("data/here")),
            ("clickhouse://db", Served("db", 8123, "default", "", tls=False)),
            ("clickhouse://me@db:9000/history", Served("db", 9000, "me", "history", tls=False)),
            ("clickhouses://a%40b@db/", Served("db", 8443, "a@b", "", tls=True)),
            ("clickhouse://[::1]:8123/x", Served("::1", 8123, "default", "x", tls=False)),
        ],
    )
    def test_a_url_is_an_address(self, url: str, address: Address) -> None:
        """The embedded engine's folder, or a server with its user and database."""
        assert address_of(url) == address

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("", "is neither"),
            ("postgres://db", "is neither"),
            ("chdb://", "names no folder"),
            ("chdb:///", "names no folder"),
            ("chdb:///a?b=c", "names no folder"),
            ("clickhouse://", "is not"),
            ("clickhouse://db:port", "no URL that can be read"),
            ("clickhouse://db/x?secure=1", "is not"),
        ],
    )
    def test_what_is_no_address_is_refused(self, url: str, words: str) -> None:
        """The text says what is wrong."""
        with pytest.raises(ValueError, match=words):
            address_of(url)

    def test_a_password_in_a_url_is_refused_and_not_shown(self) -> None:
        """URLs get into logs; passwords must not."""
        with pytest.raises(ValueError, match="STORE_PASSWORD") as refused:
            address_of("clickhouse://me:hunter2@db/x")

        assert "hunter2" not in str(refused.value)
