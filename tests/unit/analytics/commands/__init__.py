"""The commands that ask the REST API."""
