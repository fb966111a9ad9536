"""python -m bot [run|imagine|check]."""

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, TypeVar

from bot.config import Settings, StartupError, load_settings, required_token, tell_libraries
from bot.domain.maps import MADE, MapKind
from bot.logs import blot, set_up_logging, use_format

T = TypeVar("T", int, float)

INTERRUPTED = 130
BOX_NUMBERS = 4
OPERATIONS = {
    "vary": "four variations of a picture",
    "zoom": "a picture from farther away",
    "pan": "a picture that goes on to one side",
    "square": "a picture made as high as wide",
    "region": "a picture of which an area is drawn anew",
    "upscale": "a picture two or four times as large",
    "steer": "pictures that follow a map: edges, depths, areas, a pose",
}
"""The commands that begin with a picture."""
LOOKING = ("describe", "shorten")
"""The commands that draw nothing."""


def main() -> int:
    """Run the command; whatever keeps it from starting is one readable line and exit code 1."""
    arguments = _parser().parse_args()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows only ASCII is no reason to die
    set_up_logging(is_quiet=arguments.command != "run")
    if arguments.command == "read":
        from bot.commandline.read import read

        return read(arguments.prompt, as_json=arguments.json)
    if arguments.command == "parameters":
        from bot.commandline.parameters import parameters

        return parameters()
    looked_at = "settings"
    try:
        settings = load_settings()
        use_format(settings.log_format)
        tell_libraries(settings)
        for secret in filter(None, (settings.discord_token, settings.hf_token)):
            blot(secret.get_secret_value())
        looked_at = "libraries"
        with _importing():
            command = _command(arguments, settings)
        return asyncio.run(command)
    except StartupError as error:
        if arguments.command == "check":
            sys.stdout.writelines(f"FAIL  {looked_at}: {line}\n" for line in str(error).splitlines())
        else:
            sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed at the end
        return 1


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
    except (
        ImportError,
        RuntimeError,
    ) as error:  # transformers and diffusers raise either, of whatever it was
        if isinstance(error, ModuleNotFoundError) and (name := _missing_library(error)):
            raise StartupError(
                f"{name} is not installed in this Python ({sys.executable}), and nothing runs without it. "
                "Run: pip install -c constraints.txt -e ."
            ) from error
        if not _is_torchvision_broken():
            raise
        raise StartupError(
            "The torchvision that is installed does not fit the torch beside it, and without it nothing else "
            "starts either. Remove it (pip uninstall torchvision), or install the one from where your torch "
            "came from. Upscalers (UPSCALER) do without."
        ) from error
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        gc.freeze()
        gc.enable()


def _missing_library(error: ModuleNotFoundError) -> str:
    """The library that is not there; empty where it is there, and a part of it, or of us, is not."""
    name = (error.name or "").partition(".")[0]
    return name if name not in {"bot", "engine"} and find_spec(name or "bot") is None else ""


def _is_torchvision_broken() -> bool:
    """Whether it is there and cannot be imported: what looks at pictures asks for it, and fails with it."""
    if find_spec("torchvision") is None:
        return False
    try:
        import_module("torchvision")
    except (ImportError, RuntimeError, OSError, AttributeError):  # whatever its binary part does
        return True
    return False


def _command(arguments: argparse.Namespace, settings: Settings) -> Coroutine[None, None, int]:
    # Imported here: a wrong setting, or --help, should not wait for torch.
    if arguments.command in {*OPERATIONS, "blend"}:
        from bot.commandline.draw import blend, steer, work

        return {"steer": steer, "blend": blend}.get(arguments.command, work)(settings, arguments)
    if arguments.command == "run":
        required_token(settings)
    if arguments.command == "imagine":
        from bot.commandline.draw import imagine

        return imagine(settings, arguments.prompt, arguments.pictures, arguments.out)
    if arguments.command == "explain":
        from bot.commandline.explain import explain

        return explain(settings, arguments)
    if arguments.command in LOOKING:
        from bot.commandline import look

        return (look.describe if arguments.command == "describe" else look.shorten)(settings, arguments)
    return _housekeeping(arguments, settings)


def _housekeeping(arguments: argparse.Namespace, settings: Settings) -> Coroutine[None, None, int]:
    """What an owner does."""
    if arguments.command == "backup":
        from bot.commandline.backup import backup

        return backup(settings, arguments.out, arguments.pictures)
    if arguments.command == "restore":
        from bot.commandline.backup import restore

        return restore(settings, arguments.file, arguments.pictures)
    if arguments.command == "init":
        from bot.commandline.init import init

        return init(settings, answers_of(arguments), is_asking=sys.stdin.isatty() and not arguments.yes)
    if arguments.command == "host":
        from bot.commandline.host import host

        return host(settings, arguments)
    if arguments.command == "check":
        from bot.commandline.check import check

        return check(settings)
    from bot.app import run

    return run(settings)


class _Parser(argparse.ArgumentParser):
    """One sentence for a mistake, and exit code 1 as for every other."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{message[:1].upper()}{message[1:]}. See: {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m bot", description="Darkroom, an image bot for Discord.")
    parser.add_argument("--version", action="version", version=f"Darkroom {version('darkroom')}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="run the bot (the default)")
    imagine = commands.add_parser("imagine", help="draw a grid without Discord")
    imagine.add_argument("prompt", help='what to draw, as "a red apple --ar 3:2 --seed 7"')
    imagine.add_argument(
        "--image",
        type=Path,
        action="append",
        default=[],
        dest="pictures",
        metavar="PICTURE",
        help="a picture beside the words; may be given several times",
    )
    imagine.add_argument("--out", type=Path, default=Path("grid.png"), help="where to (.png, .webp or .jpg)")
    reading = commands.add_parser("read", help="say how a prompt is read, and draw nothing")
    reading.add_argument("prompt")
    reading.add_argument("--json", action="store_true", help="for scripts")
    commands.add_parser("parameters", help="the table of parameters, as the README has it")
    _add_operations(commands)
    explain = commands.add_parser("explain", help="how a picture came about, word by word and step by step")
    explain.add_argument("picture", metavar="PICTURE-or-PROMPT", help="a picture of ours, or what to draw")
    explain.add_argument("--index", type=int, choices=range(1, 5), help="which picture of a grid")
    explain.add_argument("--seed", type=_seed, help="of a prompt: the noise to begin with")
    explain.add_argument("--out", type=Path, default=Path("explained"), help="the folder to write to")
    _add_looking(commands)
    _add_blend(commands)
    backup = commands.add_parser("backup", help="copy the database, also while the bot runs, and prove it")
    backup.add_argument("--out", type=Path, help="where to; by default into BACKUP_DIR")
    backup.add_argument("--pictures", type=Path, metavar="FILE.tar", help="copy the picture files as well")
    restore = commands.add_parser("restore", help="put a copy back, while the bot is stopped")
    restore.add_argument("file", type=Path, help="what `backup` made")
    restore.add_argument("--pictures", type=Path, metavar="FILE.tar", help="put the picture files back, too")
    _add_host(commands)
    _add_init(commands)
    commands.add_parser("check", help="say what is right, and what to do about what is not")
    parser.set_defaults(command="run")
    return parser


def _add_host(commands: "argparse._SubParsersAction[_Parser]") -> None:
    host = commands.add_parser("host", help="who uses the GPU; cap, pause or leave a server; tell everybody")
    deeds = host.add_subparsers(dest="deed", metavar="what")
    usage = deeds.add_parser("usage", help="which servers used the GPU how much (the default)")
    usage.add_argument("--days", type=_days, default=7, help="how many days back, 1 to 90")
    cap = deeds.add_parser("cap", help="how many pictures a day a server may draw in all")
    pause = deeds.add_parser("pause", help="refuse what a server orders from now on")
    resume = deeds.add_parser("resume", help="let a paused server draw again")
    leave = deeds.add_parser("leave", help="take the bot out of a server")
    for parser in (cap, pause, resume, leave):
        parser.add_argument("server", type=_number, help="its number, as `usage` lists it")
    cap.add_argument("pictures", type=_number, nargs="?", help="a day, all its members; left out: no cap")
    pause.add_argument("words", nargs="?", default="", help="why, for its members")
    notice = deeds.add_parser("notice", help="tell everybody something, until you end it")
    notice.add_argument("words", nargs="?", default="", help="left out: the notice is taken down")
    deeds.add_parser("log", help="what was done lately")


def _add_init(commands: "argparse._SubParsersAction[_Parser]") -> None:
    init = commands.add_parser("init", help="ask for what is missing, and write .env")
    init.add_argument("--token", help="the bot's token; better left to be asked for, or in DISCORD_TOKEN")
    init.add_argument("--model", help="what draws: sketch, a folder, a .safetensors file, or a hub id")
    init.add_argument("--hub-token", help="a token of the Hugging Face hub; better in HF_TOKEN")
    init.add_argument("--device", help="auto, cuda, cuda:1, mps or cpu")
    init.add_argument("--database", help="the address of the database; by default a SQLite file")
    init.add_argument("--data", help="the folder of the pictures")
    init.add_argument("--public-url", help="where people find the web pages, as https://art.example.org")
    init.add_argument("--guilds", help="the numbers of the servers that may use it, with commas between them")
    init.add_argument("--web-port", help="the port of the web pages; 0 for none")
    init.add_argument("--yes", action="store_true", help="ask nothing: what is not said stays as it is")


def answers_of(arguments: argparse.Namespace) -> dict[str, str]:
    """What was said by flags, by the name of its setting."""
    names = {
        "discord_token": arguments.token,
        "hf_token": arguments.hub_token,
        "model": arguments.model,
        "device": arguments.device,
        "database_url": arguments.database,
        "data_dir": arguments.data,
        "public_url": arguments.public_url,
        "guilds": arguments.guilds,
        "web_port": arguments.web_port,
    }
    return {name: value for name, value in names.items() if value is not None}


def _add_operations(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """What can be made of a picture that is there."""
    for name, help_text in OPERATIONS.items():
        parser = commands.add_parser(name, help=help_text)
        shown = "a map" if name == "steer" else "a picture; one of ours carries its recipe"
        parser.add_argument("picture", type=Path, help=shown)
        parser.add_argument("--index", type=int, choices=range(1, 5), help="which picture of a grid")
        is_steered = name == "steer"
        words = "what to draw" if is_steered else "other words than its own"
        with_parameters = f"{words}, with parameters"
        parser.add_argument("--prompt", default="", required=is_steered, help=with_parameters)
        parser.add_argument("--seed", type=_seed, help="the noise to begin with")
        parser.add_argument("--out", type=Path, default=Path(f"{name}.png"), help="where to")
        if name == "vary":
            parser.add_argument("--mode", choices=("subtle", "strong"), default="strong")
        if name == "zoom":
            parser.add_argument("--factor", type=_factor, default=2.0, help="how much farther away, 1.1 to 4")
        if name == "pan":
            parser.add_argument("--to", choices=("left", "right", "up", "down"), required=True)
        if name == "upscale":
            parser.add_argument("--factor", type=int, choices=(2, 4), default=2, help="how much larger")
            parser.add_argument("--mode", choices=("subtle", "creative"), default="subtle")
        if name == "steer":
            _add_steering(parser)
        if name == "region":
            area = parser.add_mutually_exclusive_group(required=True)
            area.add_argument("--mask", type=Path, help="a picture: white is drawn anew, black stays")
            area.add_argument("--words", help="words of its own prompt: where these lie is drawn anew")
            area.add_argument("--box", type=_box, metavar="X,Y,W,H", help="the area to draw anew, in pixels")


def _add_steering(parser: "_Parser") -> None:
    parser.add_argument(
        "--as", dest="kind", type=_kind, required=True, metavar="|".join(MapKind), help="what the map shows"
    )
    parser.add_argument(
        "--from-picture",
        action="store_true",
        help=f"it is an ordinary picture: make the map of it ({', '.join(MADE)})",
    )
    parser.add_argument("--scale", type=_scale, default=1.0, help="how strictly it is followed, 0 to 2")
    parser.add_argument(
        "--interval",
        type=_interval,
        default=(0.0, 1.0),
        metavar="FROM,TO",
        help="share of the steps that follow it, as 0,0.6",
    )


def _kind(text: str) -> MapKind:
    try:
        return MapKind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(MapKind)}") from None


def _scale(text: str) -> float:
    return _in_range(float(text), 0.0, 2.0)


def _interval(text: str) -> tuple[float, float]:
    begin, _, end = text.partition(",")
    interval = (_in_range(float(begin), 0.0, 1.0), _in_range(float(end), 0.0, 1.0))
    if interval[0] >= interval[1]:
        raise argparse.ArgumentTypeError("write two shares of the steps, the smaller first, as 0,0.6")
    return interval


def _add_looking(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """What can be told of a picture or a prompt."""
    describe = commands.add_parser("describe", help="four prompts for a picture")
    describe.add_argument("picture", type=Path, help="a picture of any kind")
    describe.add_argument("--index", type=int, choices=range(1, 5), help="which picture of a grid")
    shorten = commands.add_parser("shorten", help="which words of a prompt count, and shorter ones")
    shorten.add_argument("prompt", help="the prompt; weights and parameters stay as they are")
    for parser in (describe, shorten):
        parser.add_argument("--json", action="store_true", help="for scripts")


def _add_blend(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser("blend", help="several pictures as one")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="picture", help="2 to 5 pictures")
    parser.add_argument("--index", type=int, choices=range(1, 5), help="which picture of a grid")
    parser.add_argument("--ar", default="", help="the shape, as 3:2")
    parser.add_argument("--prompt", default="", help="words beside the pictures, with parameters")
    parser.add_argument("--seed", type=_seed, help="the noise to begin with")
    parser.add_argument("--out", type=Path, default=Path("blend.png"), help="where to")


def _days(text: str) -> int:
    return _in_range(int(text), 1, 90)


def _number(text: str) -> int:
    return _in_range(int(text), 1, 2**63 - 1)


def _seed(text: str) -> int:
    return _in_range(int(text), 0, 2**32 - 1)


def _factor(text: str) -> float:
    return _in_range(float(text), 1.1, 4.0)


def _box(text: str) -> tuple[int, ...]:
    numbers = tuple(int(number) for number in text.split(","))
    if len(numbers) != BOX_NUMBERS or min(numbers[:2]) < 0 or min(numbers[2:]) < 1:
        raise argparse.ArgumentTypeError("write left,top,width,height in pixels, as 32,32,96,64")
    return numbers


def _in_range(number: T, low: T, high: T) -> T:
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"{number} is not between {low} and {high}")
    return number


if __name__ == "__main__":
    sys.exit(main())
