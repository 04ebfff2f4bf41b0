"""The command `sandesh`: read files, check them, write what was asked for."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from satark.sandesh.compiler import arguments, languages
from satark.sandesh.compiler.arguments import Arguments
from satark.sandesh.compiler.generator import GeneratorError, Language, Request, check_options
from satark.sandesh.compiler.output import OutputError, merge, write_tree
from satark.sandesh.compiler.units import bundle_of
from satark.sandesh.idl import Bundle, IdlError, Options, load, render


def main(argv: Sequence[str] | None = None) -> int:
    """Run the compiler. Returns 0, or 1 when anything was wrong; usage mistakes exit with 1 too."""
    given = arguments.parse(sys.argv[1:] if argv is None else argv)
    if given.list_generators:
        _out(listing())
        return 0
    try:
        asked = [(request, _language(request)) for request in given.requests]
        compiled = _compiled(given)
        for request, language in asked:
            _write(request, language, compiled.bundles, given)
    except (GeneratorError, OutputError) as error:
        _err(f"sandesh: error: {error}")
        return 1
    return 1 if compiled.failed else 0


@dataclass(slots=True)
class _Compiled:
    """The programs that are right, and whether any was not."""

    bundles: list[Bundle] = field(default_factory=list)
    failed: bool = False


def listing() -> str:
    """What `--list-generators` says."""
    lines: list[str] = []
    for name in languages.names():
        try:
            language = languages.find(name)
        except GeneratorError as error:
            lines.append(f"{name:<12} {error}")
            continue
        lines.append(f"{name:<12} {language.summary}")
        lines += [f"{'':<12}   {option}: {meaning}" for option, meaning in language.options.items()]
    return "\n".join(lines)


def _language(request: Request) -> Language:
    language = languages.find(request.language)
    check_options(request, language)
    return language


def _compiled(given: Arguments) -> _Compiled:
    """Check every file; the mistakes of one do not keep the others from being read."""
    compiled = _Compiled()
    options = Options(given.strict, given.allow_neg_keys, given.allow_64bit_consts)
    shown: set[str] = set()
    for at, path in enumerate(given.files, start=1):
        if given.verbose or (len(given.files) > 1 and sys.stderr.isatty()):
            _err(f"[{at}/{len(given.files)}] {path}")
        try:
            bundle = load(path, given.include, options)
        except IdlError as error:
            compiled.failed = True
            problems = error.problems if given.warnings else error.errors
        else:
            compiled.bundles.append(bundle)
            problems = bundle.warnings if given.warnings else ()
        _show((render(each) for each in problems), shown)
    return compiled


def _show(rendered: Iterable[str], shown: set[str]) -> None:
    """What an included file has wrong is said once, however many include it."""
    for text in rendered:
        if text not in shown:
            shown.add(text)
            _err(text)


def _write(request: Request, language: Language, bundles: Sequence[Bundle], given: Arguments) -> None:
    files: dict[str, str] = {}
    chosen = list(_chosen(bundles, recurse=given.recurse))
    for bundle in chosen:
        merge(files, language.generate(bundle, request.options), source=bundle.main.file)
    if language.over_all is not None and chosen:
        merge(files, language.over_all(chosen, request.options), source="all files")
    directory = given.output_of(request.language)
    written = write_tree(directory, files)
    if given.verbose:
        for path in written.changed:
            _err(f"wrote {directory / path}")
        _err(f"{request.language}: {len(written.changed)} files written, {len(written.unchanged)} unchanged")


def _chosen(bundles: Sequence[Bundle], *, recurse: bool) -> Iterable[Bundle]:
    """The programs to write; with `recurse` those that they include too, each once."""
    seen: set[Path] = set()
    for bundle in bundles:
        units = bundle.units if recurse else (bundle.main,)
        for unit in units:
            path = Path(unit.file).resolve()
            if path not in seen:
                seen.add(path)
                yield bundle if unit is bundle.main else bundle_of(unit)


def _out(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _err(text: str) -> None:
    sys.stderr.write(f"{text}\n")
