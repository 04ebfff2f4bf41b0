"""The reference of commands, rendered from the parsers' actions: argparse's own help differs between Python versions."""

import argparse
from collections.abc import Iterator, Mapping

from satark.runtime.command import Command
from satark.runtime.docsgen.markdown import code, fenced, page, table
from satark.runtime.service import ServiceCommand

_BUILT_IN = (argparse._HelpAction, argparse._VersionAction, argparse._SubParsersAction)  # noqa: SLF001 - has no public names


def commands_page(commands: Mapping[str, Command]) -> str:
    """Return the page of all commands with their arguments."""
    return page(
        "Commands",
        "`satark --help` lists what is installed; `satark COMMAND --help` tells more of one command.",
        table(
            ("command", "what it does"), [(code(f"satark {name}"), command.help) for name, command in commands.items()]
        ),
        *(block for name, command in commands.items() for block in _command(name, command)),
    )


def _command(name: str, command: Command) -> Iterator[str]:
    parser = argparse.ArgumentParser(prog=f"satark {name}", description=command.help)
    command.configure(parser)
    yield from _parser(parser, parser.prog, "##")
    if isinstance(command, ServiceCommand):
        before = [*(["KAFKA"] if command.uses_kafka else []), *(["LINKS"] if command.uses_links else []), "LOG"]
        shared = f"{', '.join(before)} and OPS"
        anchor = f"satark_{name.replace('-', '_')}_"
        yield (
            f"A service: it runs until SIGTERM. Settings: [{anchor.upper()}\\*](settings.md#{anchor}), "
            f"and the shared ones ({shared}). Exit status 78 means wrong settings."
        )
    elif parser.epilog:
        yield fenced(parser.epilog, "text")


def _parser(parser: argparse.ArgumentParser, prog: str, level: str) -> Iterator[str]:
    """Yield a parser's blocks. `prog` is our own: argparse makes the one of a sub-command from a formatted usage."""
    actions = [action for action in parser._actions if not isinstance(action, _BUILT_IN)]  # noqa: SLF001 - see the module
    subcommands = _subcommands(parser)
    yield f"{level} {prog}"
    yield _sentence(parser.description or "")
    words = [prog, *(_usage(action) for action in actions), *_below(parser)]
    yield code(" ".join(words))
    yield table(("argument", "meaning", "default"), [(code(_names(a)), _help(a, prog), _default(a)) for a in actions])
    for name, subparser in subcommands.items():
        yield from _parser(subparser, f"{prog} {name}", f"{level}#")


def _subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers below this one; a sub-command's help is its description where it has none."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:  # noqa: SLF001 - see the module
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            helps = {choice.dest: choice.help for choice in action._choices_actions}  # noqa: SLF001 - as above
            for name, subparser in action.choices.items():
                subparser.description = subparser.description or helps.get(name)
                found[name] = subparser
    return found


def _below(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - see the module
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            yield "COMMAND …" if action.required else "[COMMAND …]"


def _usage(action: argparse.Action) -> str:
    text = _names(action) if not action.option_strings else _option(action, action.option_strings[-1])
    return text if action.required else f"[{text}]"


def _names(action: argparse.Action) -> str:
    if action.option_strings:
        return ", ".join(_option(action, name) for name in action.option_strings)
    many = " …" if action.nargs in {"+", "*", argparse.REMAINDER} else ""
    return _value(action) + many


def _option(action: argparse.Action, name: str) -> str:
    return name if action.nargs == 0 else f"{name} {_value(action)}"


def _value(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "{" + ",".join(str(choice) for choice in action.choices) + "}"
    return action.dest.upper()


def _help(action: argparse.Action, prog: str) -> str:
    return (action.help or "") % {**vars(action), "prog": prog}


def _default(action: argparse.Action) -> str:
    silent = action.default is None or action.default is False or action.default in ([], argparse.SUPPRESS)
    return "" if silent else code(str(action.default))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) or not text else ".")
