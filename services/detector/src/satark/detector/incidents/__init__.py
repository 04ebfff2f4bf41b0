"""Incidents: what is remembered of them, and their life."""
