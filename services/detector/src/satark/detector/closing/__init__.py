"""Closing: a person says that an incident is over."""
