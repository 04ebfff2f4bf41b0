"""A folder of the user's templates: files named like the built-in ones take their place, as wholes or block by block.

`{% extends "builtin/opened.html.j2" %}` begins one that changes single blocks. A folder is read whole, and again when
a file of it changed, so that a mail is written by one state of it and a template reads no file. What a part of a mail
cannot be written with is said (`Broken`), and the caller writes that part by the built-in template.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from traceback import walk_tb

from jinja2 import TemplateNotFound, TemplateSyntaxError

from satark.notifier.mail import budget
from satark.notifier.mail.headers import clean
from satark.notifier.mail.sandbox import Sandbox

TEMPLATES = Path(__file__).parent / "templates"
BUILTIN = "builtin/"
"""What a built-in template's name begins with, for a template that takes its place and extends it."""
SUFFIX = ".j2"
HTML = ".html.j2"
MAX_FILES = 100
MAX_FILE_BYTES = 64_000
_WHY_CHARS = 160


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a template of the user's was not used. `line` is 0 if none is to blame."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        """Return it for a person: `opened.html.j2, line 3: 'plce' is undefined`."""
        return f"{self.file}, line {self.line}: {self.why}" if self.line else f"{self.file}: {self.why}"

    @property
    def place(self) -> str:
        """Where it is, as editors and compilers write it: `opened.html.j2:3`."""
        return f"{self.file}:{self.line}" if self.line else self.file


class BrokenTemplateError(Exception):
    """A template of the user's cannot be used."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(str(broken))
        self.broken = broken


@dataclass(frozen=True, slots=True)
class Pack:
    """The texts of a folder's templates by file name, and of the files that are none, why."""

    texts: Mapping[str, str]
    unreadable: tuple[Broken, ...] = ()
    engines: Mapping[bool, Sandbox] = field(init=False, compare=False, repr=False)
    """By whether what is put out is escaped."""

    def __post_init__(self) -> None:
        builtin = builtin_texts()
        texts = {**builtin, **{f"{BUILTIN}{name}": text for name, text in builtin.items()}, **self.texts}
        object.__setattr__(self, "engines", {escapes: Sandbox(texts, escapes=escapes) for escapes in (False, True)})

    def write(self, name: str, values: Mapping[str, object]) -> str:
        """Return what a template says. Raises BrokenTemplateError, whatever is wrong with it."""
        try:
            with budget.budget():
                return "".join(self._chunks(name, values))
        except Exception as error:  # noqa: BLE001 - whatever a user's template does, the mail is written
            raise BrokenTemplateError(self._blamed(error, name)) from None

    def _chunks(self, name: str, values: Mapping[str, object]) -> Iterator[str]:
        room = budget.MAX_PART_CHARS
        for chunk in self.engines[name.endswith(HTML)].get_template(name).generate(**values):
            yield chunk
            room -= len(chunk)
            if room < 0:
                raise budget.TooMuchError(f"more than {budget.MAX_PART_CHARS} characters")

    def _blamed(self, error: Exception, name: str) -> Broken:
        """Return the file and line of the user's that an error is of: the innermost of those that it passed."""
        passed = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
        file, line = next(((file, line) for file, line in reversed(passed) if file in self.texts), (name, 0))
        match error:
            case TemplateSyntaxError() if error.name is not None:
                file, line = error.name, error.lineno
            case TemplateNotFound():
                return Broken(file, line, f"there is no template {clean(str(error.name), 80)}")
            case RecursionError():
                return Broken(file, line, "it includes, extends or calls itself without end")
        return Broken(file, line, clean(str(error) or type(error).__name__, _WHY_CHARS))


Report = Callable[[Broken, bool], None]
"""Hears of a template that was not used, and whether this is the first time since the folder changed."""


class Folder:
    """A folder of templates, read again when it changed: a look at the files' times and sizes for each mail."""

    def __init__(self, path: Path, report: Report) -> None:
        self._path = path
        self._report = report
        self._state: object = None
        self._pack = Pack({})
        self._reported: set[Broken] = set()

    def pack(self) -> Pack:
        """Return the templates as they are now. Raises nothing: a folder that cannot be read has no templates."""
        state = _state(self._path)
        if state != self._state:
            self._pack = read(self._path)
            self._state = state
            self._reported = set()
        return self._pack

    def report(self, broken: Iterable[Broken]) -> None:
        """Tell that templates were not used for a part of a mail."""
        for each in broken:
            self._report(each, each not in self._reported)
            if len(self._reported) < MAX_FILES:
                self._reported.add(each)


def read(folder: Path) -> Pack:
    """Return the templates of a folder."""
    texts: dict[str, str] = {}
    unreadable: list[Broken] = []
    try:
        files = list(_files(folder))
    except OSError as error:
        return Pack({}, (Broken(folder.name, 0, f"the folder cannot be read: {error.strerror or error}"),))
    for file in files[:MAX_FILES]:
        try:
            texts[file.name] = _text(file, folder)
        except (OSError, ValueError) as error:
            unreadable.append(Broken(file.name, 0, str(error)))
    if len(files) > MAX_FILES:
        unreadable.append(Broken(folder.name, 0, f"only {MAX_FILES} of {len(files)} files are read"))
    return Pack(texts, tuple(unreadable))


def builtin_texts() -> dict[str, str]:
    """Return the built-in templates by name."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(TEMPLATES.glob(f"*{SUFFIX}"))}


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.iterdir()):
        if file.name.endswith(SUFFIX) and not file.name.startswith("."):
            yield file


def _text(file: Path, folder: Path) -> str:
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ValueError("it is a link to somewhere outside of the folder")
    if not file.is_file():
        raise ValueError("it is no file")
    with file.open("rb") as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it is larger than {MAX_FILE_BYTES} bytes")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}") from None


def _state(folder: Path) -> object:
    """Return what changes when a file does."""
    try:
        stats = [(file.name, file.stat()) for file in _files(folder)]
    except OSError as error:
        return error.errno
    return tuple((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in stats)
