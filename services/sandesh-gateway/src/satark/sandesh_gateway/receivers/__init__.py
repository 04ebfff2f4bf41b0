"""Receivers: what is not Sandesh comes in here, behind one protocol, and leaves as the same events.

`protocol` is the seam. `allowlist`, `limits`, `deadletters` and `syslog`'s parsers, framing and translation decide and
touch nothing; `intake`, `datagrams`, `streams` and `sockets` are the shell. `build` makes them of the settings.
"""
