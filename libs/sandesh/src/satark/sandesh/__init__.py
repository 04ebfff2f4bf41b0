"""Sandesh for Python: the protocol by which OpenContrail and Tungsten Fabric daemons tell how they are.

`idl` reads the language, `compiler` writes Python and documents from it, `wire` speaks the protocol without sockets,
`session` is its state table, `generator` is the library of a daemon, `introspect` its pages. None of it needs Satark.
"""
