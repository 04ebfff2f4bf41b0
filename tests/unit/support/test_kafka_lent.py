from tests.support.kafka_lent import connected

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:5DC0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:5DC0 0100007F:A2B4 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
   2: 0100007F:A2B4 0100007F:5DC0 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
   3: 0100007F:A2B6 0100007F:5DC0 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0
"""


class TestConnected:
    def test_counts_the_client_s_side(self) -> None:
        """Of a listening port, both ends of a live connection and an ended one, only the live client's end counts."""
        assert connected(TABLE, 24_000) == 1

    def test_nobody_elsewhere(self) -> None:
        """A port that nobody uses has no clients, nor has a machine without such a table."""
        assert (connected(TABLE, 24_001), connected("", 24_000)) == (0, 0)
