"""The v2 REST API (1.11) on the same world and feed as v1: the same numbers under other names."""
