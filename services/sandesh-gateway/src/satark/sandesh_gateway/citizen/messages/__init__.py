"""Classes of the messages of `idl`; generated."""
