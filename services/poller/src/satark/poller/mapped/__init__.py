"""A driver for any orchestrator that tells its links in JSON over HTTP: a mapping file says how to read it."""
