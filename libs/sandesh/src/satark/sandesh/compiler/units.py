"""What every generator asks of a program's files."""

from satark.sandesh.idl.model import Bundle, Unit


def closure(unit: Unit) -> tuple[Unit, ...]:
    """The unit with everything it includes at any remove, included ones first, each once, the unit itself last."""
    found: dict[Unit, None] = {}
    _collect(unit, found)
    return tuple(found)


def _collect(unit: Unit, found: dict[Unit, None]) -> None:
    for each in unit.includes.values():
        if each not in found:
            _collect(each, found)
    found[unit] = None


def bundle_of(unit: Unit) -> Bundle:
    """An included file as if it had been compiled itself."""
    return Bundle(main=unit, units=closure(unit))
