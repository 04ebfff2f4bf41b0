"""The gateway as one of the daemons: its own UVEs about what it serves, its own introspect pages."""
