"""python -m bot [run|imagine|check]."""

import argparse
import asyncio
import gc
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path

from bot.config import Settings, StartupError, load_settings, required_token
from bot.logs import set_up_logging

INTERRUPTED = 130


def main() -> int:
    """Run the command; whatever keeps it from starting is one readable line and exit code 1."""
    arguments = _parser().parse_args()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows only ASCII is no reason to die
    set_up_logging(is_quiet=arguments.command != "run")
    try:
        settings = load_settings()
        with _importing():
            command = _command(arguments, settings)
        return asyncio.run(command)
    except StartupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


@contextmanager
def _importing() -> Iterator[None]:
    """Imports make a million objects that stay: looking through them for garbage is a third of the time.

    Later collections pass them over as well. Who waits at a terminal is told for what.
    """
    gc.disable()
    if sys.stderr.isatty():
        sys.stderr.write("loading the libraries …")
        sys.stderr.flush()
    try:
        yield
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        gc.freeze()
        gc.enable()


def _command(arguments: argparse.Namespace, settings: Settings) -> Coroutine[None, None, int]:
    # Imported here: a wrong setting, or --help, should not wait for torch.
    if arguments.command == "run":
        required_token(settings)
    if arguments.command == "imagine":
        from bot.commandline import imagine

        return imagine(settings, arguments.prompt, arguments.out)
    if arguments.command == "check":
        from bot.commandline import check

        return check(settings)
    from bot.app import run

    return run(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Darkroom, an image bot for Discord.")
    parser.add_argument("--version", action="version", version=f"Darkroom {version('darkroom')}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="run the bot (the default)")
    imagine = commands.add_parser("imagine", help="draw a grid without Discord")
    imagine.add_argument("prompt", help='what to draw, as "a red apple --ar 3:2 --seed 7"')
    imagine.add_argument("--out", type=Path, default=Path("grid.png"), help="where to (.png, .webp or .jpg)")
    commands.add_parser("check", help="say what is right, and what to do about what is not")
    parser.set_defaults(command="run")
    return parser


if __name__ == "__main__":
    sys.exit(main())
