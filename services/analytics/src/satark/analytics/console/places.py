"""How people call what is measured: by its labels, and where there are none by its key."""

from collections.abc import Mapping

NAMES = ("edge", "link", "name")
TRAIL = ("orchestrator", "enterprise", "site")
FACTS = (("Interface", "interface"), ("Provider", "isp"), ("Gateway", "gateway"), ("Zone", "timezone"))


def place(labels: Mapping[str, str], entity: str) -> str:
    """Return the name by which a person knows it."""
    return " / ".join(labels[name] for name in NAMES if labels.get(name)) or entity


def trail(labels: Mapping[str, str]) -> list[str]:
    """Return in what it is, the largest first; a name that says the same as the one before is left out."""
    found: list[str] = []
    for name in TRAIL:
        said = labels.get(name, "")
        if said and said not in found and said != labels.get("edge"):
            found.append(said)
    return found


def facts(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what else is known of it, each with its title."""
    return [(title, labels[name]) for title, name in FACTS if labels.get(name)]
