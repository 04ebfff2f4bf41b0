"""The `satark` commands that belong to no single service."""
