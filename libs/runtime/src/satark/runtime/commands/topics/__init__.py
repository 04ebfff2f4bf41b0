"""`satark topics`: list the contract's topics, or create the missing ones."""

from satark.runtime.commands.topics.command import command

__all__ = ["command"]
