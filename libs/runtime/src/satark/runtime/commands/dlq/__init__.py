"""`satark dlq`: look at records that could not be processed, and send them back when the cause is gone."""

from satark.runtime.commands.dlq.command import command

__all__ = ["command"]
