"""Connections: who may connect, who is who, what is read and what waits."""
