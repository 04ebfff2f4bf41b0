"""Python from a program: one package for each file, typed dataclasses on `satark.sandesh.types`."""
