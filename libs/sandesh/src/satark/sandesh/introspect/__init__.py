"""The requests of a generator over HTTP, for people and for tools (clause 5.4)."""

from satark.sandesh.introspect.server import IntrospectServer

__all__ = ["IntrospectServer"]
