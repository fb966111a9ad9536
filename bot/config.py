"""The settings: environment or .env, nothing else; `.env.example` is printed from here."""

import codecs
import logging
import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.maps import MapKind

log = logging.getLogger(__name__)

ENV_FILE = Path(".env")
IN_PROCESS, LOCAL_RAY = "in_process", "ray"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
"""How a file begins, by its encoding."""
WEIGHTS = {".safetensors", ".pt", ".bin", ".ckpt", ".pth"}
"""How files of weights end; all but the first can run code when they are loaded, and are refused by name."""
ORIGIN = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
"""An address without a path; it would stand in every link of the pages."""
HEAD = re.compile(r"([\w.-]+|\[[0-9a-f:.]+\]):\d{1,5}", re.ASCII | re.IGNORECASE)
"""A host and a port."""
HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
"""A host by its name, which ends in letters: never an address in numbers."""


class StartupError(Exception):
    """The program cannot start; the text says why and what to do, one line per problem."""


class Settings(BaseSettings):
    """Everything an owner can set. Each field's description is its line in `.env.example`."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, frozen=True, extra="ignore", env_ignore_empty=True)

    discord_token: SecretStr | None = Field(
        None, description="The bot's token, from the Discord developer portal (Bot > Reset Token)."
    )
    discord_api_base: str = Field(
        "", description="Base URL of a stand-in for Discord (the playground). Empty: Discord itself."
    )
    database_url: str = Field(
        "sqlite+aiosqlite:///data/darkroom.db",
        description="Where jobs, charges and pictures are recorded. For PostgreSQL: "
        "postgresql+asyncpg://user:password@host/database",
    )
    data_dir: Path = Field(Path("data"), description="Where picture files are kept.")
    model: str = Field(
        "sketch",
        description="What draws: `sketch` (the embedded model), a diffusers directory, a single "
        ".safetensors file, or a hub id such as stabilityai/stable-diffusion-xl-base-1.0",
    )
    models: str = Field(
        "",
        description="Further models that members may choose, as name=model pairs with commas between them: "
        "anime=/models/anime.safetensors,turbo=stabilityai/sdxl-turbo",
    )
    vae: str = Field(
        "",
        description="The VAE of models that come without one: a diffusers directory, a .safetensors file or "
        "a hub id such as stabilityai/sd-vae-ft-mse.",
    )
    captioner: str = Field(
        "",
        description="What describes pictures: a directory or a hub id of a BLIP such as "
        "Salesforce/blip-image-captioning-base, or of a CLIP; safetensors only. Empty: what the model has of "
        "its own, as `sketch` does.",
    )
    ip_adapter: str = Field(
        "",
        description="An IP-Adapter (plain or Plus) by which models look at pictures: a .safetensors file, a "
        "directory, or a hub id such as h94/IP-Adapter. Its image encoder lies beside it. Empty: what the "
        "model has of its own, as `sketch` does.",
    )
    loras: str = Field(
        "",
        description="LoRAs: a directory of .safetensors, each of which has the name of its file, or "
        "name=file pairs with commas between them.",
    )
    embeddings: str = Field(
        "",
        description="Textual inversions, which a prompt names by the name of their file: a directory of "
        ".safetensors, or name=file pairs with commas between them.",
    )
    controlnets: str = Field(
        "",
        description="What lets pictures follow maps (ControlNet, T2I-Adapter), as name=model pairs with "
        "commas between them. A name begins with what the map shows (edges, depth, seg, pose, scribble, "
        "tile): edges=lllyasviel/control_v11p_sd15_canny,edges-xl=/models/canny-sdxl. `sketch` has edges and "
        "seg of its own.",
    )
    upscaler: Path | None = Field(
        None,
        description="A .safetensors file of an upscaler, such as Real-ESRGAN or SwinIR, to enlarge pictures "
        "with. Needs pip install 'darkroom[upscaler]'. Empty: they are enlarged without a model.",
    )
    hf_token: SecretStr | None = Field(
        None,
        description="A token of the Hugging Face hub (read is enough), for models whose terms must be "
        "accepted on their page, and for private ones. Empty: none.",
    )
    hf_home: Path | None = Field(
        None,
        description="Where models that come from the hub are kept. Empty: .cache/huggingface in this user's "
        "home.",
    )
    engine: str = Field(
        IN_PROCESS,
        description="Where it is drawn: in_process; ray, on all GPUs of this machine; or HOST:6379, the head "
        "of a Ray cluster that this machine has joined (deploy/CLUSTER.md). The latter two need pip install "
        "'darkroom[ray]'.",
    )
    ray_auth_token_path: Path | None = Field(
        None,
        description="The file with the token of the Ray cluster, which nobody else may read.",
    )
    device: str = Field("auto", description="auto, cuda, cuda:1 (the second GPU), mps or cpu.")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Of the weights: auto, float32, bfloat16 or float16."
    )
    memory_gib: float | None = Field(
        None, gt=0, description="Memory that the weights of all models may take. Empty: 70 % of what is free."
    )
    compile: bool = Field(
        default=False,
        description="Compile the model (torch.compile): minutes longer to start, faster pictures ever after.",
    )
    allow_nsfw: bool = Field(
        default=False, description="Whether servers may allow nudity in their age-restricted channels."
    )
    daily_images: int = Field(100, ge=0, description="Pictures each member may draw per day and guild.")
    web_host: str = Field(
        "127.0.0.1", description="Where the web pages are served; 0.0.0.0 lets other machines in."
    )
    web_port: int = Field(
        8080,
        ge=0,
        le=65535,
        description="The port of the web pages. 0: no pages, and no /healthz, /readyz and /metrics unless "
        "METRICS_PORT is set.",
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="A port of their own for /healthz, /readyz and /metrics, so that visitors of the web "
        "pages do not read them. Empty: they are served beside the pages.",
    )
    metrics_host: str = Field(
        "127.0.0.1", description="Where METRICS_PORT is served; 0.0.0.0 lets other machines in."
    )
    log_format: Literal["lines", "json"] = Field(
        "lines",
        description="lines, for people, or json: an object a line, with job and guild where it is of one.",
    )
    public_url: str = Field(
        "",
        description="The address at which people find the web pages, such as https://art.example.org; "
        "members are told it. Empty: they are told none.",
    )
    members_intent: bool = Field(
        default=False,
        description="Greet people when they join. Needs the Server Members Intent, switched on in the "
        "developer portal.",
    )
    reactions_intent: bool = Field(
        default=True,
        description="Let members use reactions: ✉️ sends a picture, ❌ takes it off, ⭐ likes it. Needs no "
        "approval; buttons and menus do the same.",
    )
    backup_dir: Path | None = Field(
        None, description="Where copies of the database are kept. Empty: the folder backups in DATA_DIR."
    )
    backup_keep: int = Field(
        48, ge=0, description="How many of those copies, one an hour, are kept. 0: none is made."
    )
    retention_days: int = Field(
        0,
        ge=0,
        description="Days that picture files are kept; older ones are redrawn on demand. 0: for ever.",
    )

    image_hosts: str = Field(
        "",
        description="Hosts from which members may bring pictures by a link, beside Discord, with commas "
        "between them: upload.wikimedia.org, i.imgur.com. Empty: none.",
    )
    upload_days: int = Field(
        30,
        ge=0,
        description="Days that pictures which members brought along are kept after they were last used. "
        "0: for ever.",
    )

    owners: str = Field(
        "",
        description="Discord's numbers of those who run this bot, with commas between them: they can use "
        "/host, and remove a picture that somebody brought along from every server.",
    )
    owner_guild: int | None = Field(
        None,
        gt=0,
        description="Discord's number of the server in which OWNERS have the command /host. Empty: nowhere.",
    )
    guilds: str = Field(
        "",
        description="Discord's numbers of the servers that may use this bot, with commas between them; it "
        "leaves every other. Empty: whoever has the invitation can add it to a server of their own.",
    )

    @field_validator("discord_token", "hf_token")
    @classmethod
    def _is_one_word(cls, token: SecretStr | None) -> SecretStr | None:
        written = "" if token is None else token.get_secret_value()
        if any(char.isspace() or not char.isprintable() for char in written.strip()):
            raise PydanticCustomError("token", "Input has a space or a line break in it. Paste it anew")
        return SecretStr(written.strip()) if written.strip() else None

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, device: str) -> str:
        if not re.fullmatch(r"auto|cuda(:\d+)?|mps|cpu", device):
            raise PydanticCustomError(
                "device", "Input should be auto, cuda, cuda:1 (the second GPU), mps or cpu"
            )
        return device

    @field_validator("engine")
    @classmethod
    def _is_a_place(cls, engine: str) -> str:
        place = engine.strip()
        if place not in {IN_PROCESS, LOCAL_RAY} and not HEAD.fullmatch(place):
            raise PydanticCustomError(
                "engine",
                "Input should be in_process, ray, or the host and port of a Ray head, such as 10.0.0.5:6379 "
                "(and not ray://, which cannot follow a drawing)",
            )
        return place

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, public_url: str) -> str:
        url = public_url.strip().rstrip("/")
        if url and not ORIGIN.fullmatch(url):
            raise PydanticCustomError(
                "public_url", "Input should be an address without a path, such as https://art.example.org"
            )
        return url

    @field_validator("image_hosts")
    @classmethod
    def _are_hosts(cls, image_hosts: str) -> str:
        for host in split_models(image_hosts):
            if not HOST.fullmatch(host):
                raise PydanticCustomError(
                    "hosts",
                    "Input should be names of hosts with commas between them, such as i.imgur.com, and "
                    "`{host}` is none",
                    {"host": host[:100]},
                )
        return image_hosts

    @field_validator("owners")
    @classmethod
    def _are_people(cls, owners: str) -> str:
        for owner in split_models(owners):
            if not re.fullmatch(r"\d{1,19}", owner, re.ASCII):
                raise PydanticCustomError(
                    "owners",
                    "Input should be numbers of people with commas between them, and `{owner}` is none "
                    "(Discord > Settings > Advanced > Developer Mode, then Copy User ID)",
                    {"owner": owner[:100]},
                )
        return owners

    @field_validator("guilds")
    @classmethod
    def _are_servers(cls, guilds: str) -> str:
        for guild in split_models(guilds):
            if not re.fullmatch(r"[1-9]\d{0,18}", guild, re.ASCII):
                raise PydanticCustomError(
                    "guilds",
                    "Input should be numbers of servers with commas between them, and `{guild}` is none "
                    "(Discord > Settings > Advanced > Developer Mode, then Copy Server ID)",
                    {"guild": guild[:100]},
                )
        return guilds

    @property
    def owner_ids(self) -> frozenset[int]:
        """Those who run this bot."""
        return frozenset(int(owner) for owner in split_models(self.owners))

    @property
    def guild_ids(self) -> frozenset[int]:
        """The servers that may use it, the owners' own among them; none means every one."""
        listed = frozenset(int(guild) for guild in split_models(self.guilds))
        return listed | {self.owner_guild} if listed and self.owner_guild else listed

    @property
    def backup_folder(self) -> Path:
        """Where copies of the database are kept."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def pages_url(self) -> str:
        """The address of the web pages that members are told; empty where there is none, or no pages."""
        return self.public_url if self.web_port else ""

    @property
    def served_at(self) -> str:
        """Where the web pages are, for the log: PUBLIC_URL, else where this machine serves them; or empty."""
        host = f"[{self.web_host}]" if ":" in self.web_host else self.web_host
        return self.pages_url or (f"http://{host}:{self.web_port}" if self.web_port else "")

    @field_validator("controlnets")
    @classmethod
    def _are_named_by_kind(cls, controlnets: str) -> str:
        names = [pair.partition("=")[0].strip() for pair in split_models(controlnets)]
        for name in names:
            if not any(kind.is_read_by(name) for kind in MapKind) or names.count(name) > 1:
                raise PydanticCustomError(
                    "controlnets",
                    "Input should have names of their own that begin with {kinds}, as edges or edges-xl, and "
                    "`{name}` is none",
                    {"kinds": ", ".join(MapKind), "name": name[:100]},
                )
        return controlnets

    @field_validator("models", "controlnets")
    @classmethod
    def _are_pairs(cls, models: str) -> str:
        for pair in split_models(models):
            name, _, model = pair.partition("=")
            if not re.fullmatch(r"[\w .-]{1,64}", name) or not model.strip():
                raise PydanticCustomError(
                    "pairs",
                    "Input should be name=model pairs with commas between them, which `{pair}` is not",
                    {"pair": pair[:100]},
                )
        return models


def written_into(text: str, values: Mapping[str, str]) -> str:
    """The text of a .env with these settings in it, each where it stood, if only as an example."""
    lines = text.splitlines()
    for name, value in values.items():
        line = f"{name.upper()}={_quoted(value)}"
        own = [
            at for at, old in enumerate(lines) if re.match(rf"\s*(export\s+)?{name}\s*=", old, re.IGNORECASE)
        ]
        example = [at for at, old in enumerate(lines) if re.match(rf"#\s*{name}=", old, re.IGNORECASE)]
        at = (own or example or [len(lines)])[-1]
        lines[at : at + 1] = [line]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    """As dotenv, a shell and systemd read it alike."""
    return (
        value if re.fullmatch(r"[\w./:@%+,=-]*", value, re.ASCII) else "'" + value.replace("'", "\\'") + "'"
    )


def with_answers(settings: Settings, values: Mapping[str, str]) -> Settings:
    """The settings with other values, proven like those from a file.

    Raises: StartupError.
    """
    try:
        given: dict[str, Any] = {**settings.model_dump(exclude_defaults=True), **values}
        return Settings(_env_file=None, **given)  # type: ignore[call-arg]
    except ValidationError as error:
        raise StartupError("\n".join(_told(error))) from None


def _told(error: ValidationError) -> Iterator[str]:
    """A line for each setting that is wrong."""
    for problem in error.errors():
        yield f"{'.'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}."


def required_token(settings: Settings) -> str:
    """The bot's token.

    Raises: StartupError.
    """
    if settings.discord_token is None:
        raise StartupError(
            "DISCORD_TOKEN is missing. Put your bot's token into .env (see .env.example), "
            "or try the bot without one: make demo."
        )
    return settings.discord_token.get_secret_value()


def tell_libraries(settings: Settings) -> None:
    """Put the settings that libraries read by themselves where they look: into the environment.

    Before they are imported: huggingface_hub looks for HF_HOME only then.
    """
    if settings.hf_token is not None:
        os.environ["HF_TOKEN"] = settings.hf_token.get_secret_value()
    if settings.hf_home is not None:
        os.environ["HF_HOME"] = str(settings.hf_home.expanduser())


def split_models(models: str) -> tuple[str, ...]:
    """The pairs of MODELS or CONTROLNETS, which stand between commas or on lines of their own."""
    return tuple(pair.strip() for pair in re.split(r"[,\n]", models) if pair.strip())


def named_files(setting: str, value: str) -> dict[str, Path]:
    """The files of a setting that takes a folder or name=file pairs, by name. What they are, the engine says.

    In a folder, also below it, all .safetensors are meant, and pickles, so that it is said why they are not.
    Raises: StartupError.
    """
    files: dict[str, Path] = {}
    for piece in split_models(value):
        name, sign, path = piece.partition("=")
        is_pair = sign and not Path(piece).exists()
        found = [(name.strip(), Path(path.strip()).expanduser())] if is_pair else _files_in(setting, piece)
        for known, file in found:
            if known in files:
                raise StartupError(
                    f"{setting}: two files are named {known} ({files[known]} and {file}). Rename one of them."
                )
            files[known] = file
    return files


def _files_in(setting: str, folder: str) -> list[tuple[str, Path]]:
    """Raises: StartupError, where it is no folder."""
    try:
        next(Path(folder).expanduser().iterdir(), None)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartupError(
            f"{setting}={folder} cannot be read ({reason}). Name a folder of .safetensors, or name=file "
            "pairs."
        ) from error
    files = sorted(path for path in Path(folder).expanduser().rglob("*") if path.suffix in WEIGHTS)
    safe = {path.stem for path in files if path.suffix == ".safetensors"}
    return [(path.stem, path) for path in files if path.suffix == ".safetensors" or path.stem not in safe]


def load_settings() -> Settings:
    """Read the settings, in whatever encoding .env was saved; a name that only looks like one is named.

    Raises: StartupError, with a line per wrong setting.
    """
    try:
        encoding = _encoding(ENV_FILE)
        settings = Settings(_env_file_encoding=encoding)  # type: ignore[call-arg]
        slips = list(_slips(encoding))
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}. Set it in .env "
            "(see .env.example)."
            for problem in error.errors()
        ]
        raise StartupError("\n".join(lines)) from None
    except OSError as error:
        raise StartupError(f"{ENV_FILE} cannot be read ({error.strerror or error}).") from None
    except UnicodeError:
        raise StartupError(f"{ENV_FILE} is saved in two encodings at once. Save it anew as UTF-8.") from None
    for name, near in slips:
        log.warning("%s is no setting of mine: did you mean %s?", name, near)
    return settings


def _encoding(path: Path) -> str:
    """How a text file was saved: PowerShell writes UTF-16, old editors a byte per letter.

    Raises: OSError; UnicodeError, where it is UTF-16 only in part, as after PowerShell's `>>`.
    """
    try:
        head = path.read_bytes()
    except FileNotFoundError:
        return "utf-8"
    if b"\0" in head and re.search(rb"(?<!\0)[\n=](?!\0)", head):
        raise UnicodeError("two encodings in one file")
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    try:
        head.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _slips(encoding: str) -> Iterator[tuple[str, str]]:
    """Names in the environment or in .env that look like a setting and are none, each with the setting."""
    ours = [name.upper() for name in Settings.model_fields]
    written = dotenv_values(ENV_FILE, encoding=encoding, interpolate=False)
    for name in sorted({*written, *os.environ}):
        near = get_close_matches(name.upper(), ours, n=1, cutoff=0.85)
        if near and name.upper() not in ours:
            yield name, near[0]


def env_example() -> str:
    """The text of `.env.example`."""
    lines = ["# Copy to .env and fill in. Every setting can also come from the environment.", ""]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else field.default
        lines += [
            f"# {field.description}",
            f"{'' if name == 'discord_token' else '# '}{name.upper()}={default}",
            "",
        ]
    return "\n".join(lines)
