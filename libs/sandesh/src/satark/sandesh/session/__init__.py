"""Sessions without sockets and clocks: the state table, the send queue, sequence numbers (clause 4)."""
