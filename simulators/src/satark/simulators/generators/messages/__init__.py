"""Classes of the messages of the simulated daemons; compiled from the files in `idl`."""
