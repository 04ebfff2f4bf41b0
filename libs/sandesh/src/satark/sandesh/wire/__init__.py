"""The wire without sockets: frames, headers, messages and the negotiation as values (clause 3)."""
