"""Rules: how each entity is watched, read from one YAML file."""
