"""A check of a folder of templates before any mail depends on it: every example of a mail is written with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from satark.notifier.chart import Picture
from satark.notifier.events import Event
from satark.notifier.mail.headers import clean
from satark.notifier.mail.message import Letterhead, compose
from satark.notifier.mail.packs import HTML, Broken, Folder, Pack, builtin_texts, read
from satark.notifier.preview.examples import examples

_PICTURE = Picture(b"", "Latency (download, ms): now 89 ms.", 640, 348)
_LINKS = (("I am on it", "https://satark.example.net/act/acknowledge"),)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found: the templates that are used, how many mails were written, and the mistakes."""

    used: tuple[str, ...]
    mails: int
    mistakes: tuple[str, ...]


def check(path: Path) -> Findings:
    """Return what is wrong with a folder's templates, each with its file and line."""
    if not path.is_dir():
        return Findings((), 0, (f"there is no folder {path}",))
    pack = read(path)
    found: dict[Broken, str] = dict.fromkeys([*pack.unreadable, *_syntax(pack), *_unused(pack)], "")
    told: list[Broken] = []

    def report(broken: Broken, _is_new: bool) -> None:
        told.append(broken)

    head, written = _letterhead(Folder(path, report)), examples()
    for example in written:
        compose(example.told, head, example.now)
        for broken in told:
            found.setdefault(broken, f" (in the example {example.name})")
        told.clear()
    mistakes = sorted(f"{broken.place}: {broken.why}{where}" for broken, where in found.items())
    return Findings(tuple(sorted(pack.texts)), len(written), tuple(mistakes))


def _letterhead(folder: Folder) -> Letterhead:
    def draw(_event: Event, _now: datetime) -> Picture:
        return _PICTURE

    return Letterhead(
        "Satark <alerts@example.net>",
        "example.net",
        console_url="https://satark.example.net/incidents/{incident}",
        draw=draw,
        links=lambda *_: _LINKS,
        templates=folder,
    )


def _syntax(pack: Pack) -> Iterator[Broken]:
    """Yield what is no template at all, be it used by an example or not."""
    for name, text in pack.texts.items():
        try:
            pack.engines[name.endswith(HTML)].parse(text)
        except TemplateSyntaxError as error:
            yield Broken(name, error.lineno, clean(error.message or "it cannot be read"))
        except RecursionError:
            yield Broken(name, 0, "it is nested too deeply")


def _unused(pack: Pack) -> Iterator[Broken]:
    """Yield files that no mail can use: their name may be mistyped."""
    builtin, needed = builtin_texts(), set()
    for text in pack.texts.values():
        try:
            needed |= set(find_referenced_templates(pack.engines[False].parse(text)))
        except (TemplateSyntaxError, RecursionError):
            continue
    if None in needed:  # a name that is put together when a mail is written
        return
    for name in pack.texts:
        if name not in builtin and name not in needed:
            yield Broken(name, 0, "no built-in template has this name, and none of yours includes it")
