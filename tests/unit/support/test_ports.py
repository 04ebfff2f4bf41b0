import socket

from tests.support import ports
from tests.support.ports import free_port, free_ports


class TestFreePorts:
    def test_can_be_bound(self) -> None:
        """A port that is handed out accepts a server."""
        with socket.create_server(("127.0.0.1", free_port())) as server:
            bound = server.getsockname()[1]

        assert ports.LOWEST <= bound < ports.HIGHEST

    def test_differ(self) -> None:
        """Ports that are handed out by one process are all different."""
        found = free_ports(50)

        assert len(set(found)) == len(found)
