"""Judging: the agent that reads samples, has them judged, and tells of incidents."""
