"""Normals, published: what the detector holds for normal, half-hour by half-hour, and the command that shows it."""
