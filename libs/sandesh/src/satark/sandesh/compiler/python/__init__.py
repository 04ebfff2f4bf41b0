"""Python from a program: one package for each file, typed dataclasses on `satark.sandesh.types`."""

from types import MappingProxyType

from satark.sandesh.compiler.generator import Language
from satark.sandesh.compiler.python.package import files

PYTHON = Language(
    summary="Python packages of typed dataclasses",
    generate=files,
    options=MappingProxyType(
        {
            "package": "the package below which all packages are put",
            "new_style": "nothing: the original's option for what is the only style here",
        }
    ),
)
__all__ = ["PYTHON"]
