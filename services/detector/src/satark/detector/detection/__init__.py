"""Detection: all methods over one memory of entities; samples in, incident events out. Pure."""
