"""The asyncio generator library: a process that tells collectors of itself (clauses 4 and 5)."""
