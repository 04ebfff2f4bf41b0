import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh_gateway.receivers.allowlist import AllowList, peer_name


class TestAllowList:
    LIST = AllowList.of(["192.0.2.0/24", "198.51.100.7", "2001:db8::/32"])

    @pytest.mark.parametrize(
        "address", ["192.0.2.0", "192.0.2.255", "198.51.100.7", "2001:db8::1", "::ffff:192.0.2.9", "2001:db8::1%eth0"]
    )
    def test_admitted(self, address: str) -> None:
        """Hosts of the networks are let in, however their address is spelt."""
        assert self.LIST.admits(address)

    @pytest.mark.parametrize(
        "address", ["192.0.3.1", "198.51.100.8", "2001:db9::1", "::ffff:10.0.0.1", "", "localhost"]
    )
    def test_refused(self, address: str) -> None:
        """All others are not, nor is what is no address."""
        assert not self.LIST.admits(address)

    def test_nobody(self) -> None:
        """An empty list lets nobody in."""
        assert not AllowList.of([]).admits("127.0.0.1")

    @pytest.mark.parametrize("text", ["192.0.2.1/24", "192.0.2.0/33", "everyone", ""])
    def test_bad(self, text: str) -> None:
        """What is no network is refused by name; host bits are a mistake."""
        with pytest.raises(ValueError, match=r"does not appear|host bits"):
            AllowList.of([text])

    @given(st.ip_addresses())
    def test_everybody(self, address: object) -> None:
        """The two networks of length zero let everybody in."""
        assert AllowList.of(["0.0.0.0/0", "::/0"]).admits(str(address))


class TestPeerName:
    @pytest.mark.parametrize(
        ("text", "name"),
        [("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8:0::1", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"), ("x", "x")],
    )
    def test_one_spelling(self, text: str, name: str) -> None:
        """A peer has one name in all books."""
        assert peer_name(text) == name
