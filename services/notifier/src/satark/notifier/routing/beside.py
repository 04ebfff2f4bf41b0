"""The files that a file of routes names: secrets, URLs that are secrets, certificates. Pure: the shell has read them.

Paths that are not absolute begin at the folder of the file of routes, as in Alertmanager.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from satark.notifier.routing.form import Found
from satark.notifier.routing.hiding import WEB_URL, url
from satark.notifier.routing.receiver_form import CONFIGS
from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes
from satark.runtime.secret import Secret

Content = bytes | str
"""What a file holds, or a text: why it could not be read."""

MAX_BYTES = 1_000_000
_MAX_SECRET_CHARS = 8192
_URLS = ("url_file", "api_url_file")
_SECRETS = (*_URLS, "secret_file", "password_file")
_FILES = (*_SECRETS, "ca_file")


@dataclass(frozen=True, slots=True)
class Beside:
    """What is beside a file of routes: its folder, and what the files hold that it names."""

    folder: Path
    contents: Mapping[Path, Content] = field(default_factory=dict, repr=False)

    def path(self, node: Node) -> Path:
        """Return the path that is meant."""
        return self.folder / node.text

    def secret(self, found: Found, name: str) -> Secret | None:
        """Return what the file holds that a config names so, None where it names none."""
        return self._held(found[name]) if name in found else None

    def url(self, found: Found, name: str) -> Secret:
        """Return the URL of a config, be it there or in its file."""
        given: Secret = found[name] if name in found else self._held(found[f"{name}_file"])
        return given

    def check(self, found: Found, mistakes: Mistakes) -> None:
        """Note which files cannot be read or do not hold what they should. What they hold is not told."""
        for name, node in _nodes(found):
            content = self.contents.get(self.path(node), "it was not read")
            if isinstance(content, str):
                mistakes.wrong(node, f"{self.path(node)} cannot be read: {content}")
            elif why := _wrong(name, content):
                mistakes.wrong(node, f"{self.path(node)} {why}")

    def named(self, found: Found) -> tuple[Path, ...]:
        """Return the paths of all files that are named."""
        return tuple(dict.fromkeys(self.path(node) for _, node in _nodes(found)))

    def _held(self, node: Node) -> Secret:
        return Secret(_text(self.contents[self.path(node)]))


def _nodes(found: Found) -> Iterator[tuple[str, Node]]:
    for receiver in found.get("receivers", ()):
        for config in (one for name in CONFIGS for one in receiver.get(name, ())):
            yield from ((name, config[name]) for name in _FILES if name in config)


def _text(content: Content) -> str:
    return content.decode().strip() if isinstance(content, bytes) else ""


def _wrong(name: str, content: bytes) -> str:
    """Return what is wrong with a file's content, nothing where it is right."""
    if len(content) > (_MAX_SECRET_CHARS if name in _SECRETS else MAX_BYTES):
        return "is too large"
    try:
        text = _text(content)
        if name in _URLS and text:
            url(text)
    except UnicodeDecodeError:
        return "is no text"
    except ValueError:
        return f"does not hold {WEB_URL}"
    if not text:
        return "is empty"
    return "holds more than one line" if name in _SECRETS and not text.isprintable() else ""
