"""The Sandesh interface language: read it, check it, print it.

`parse_text` and `parse_file` read one file without knowing what its names mean.
"""

from satark.sandesh.idl.codes import Code, Severity
from satark.sandesh.idl.errors import IdlError, Problem, Report, render
from satark.sandesh.idl.parser import parse

__all__ = ["Code", "IdlError", "Problem", "Report", "Severity", "parse", "render"]
