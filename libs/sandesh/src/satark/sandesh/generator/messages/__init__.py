"""Classes of the messages that every generator sends and answers by itself; compiled from the files in `idl`."""
