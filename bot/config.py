"""The settings: environment or .env, nothing else; `.env.example` is printed from here."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict


class StartupError(Exception):
    """The program cannot start; the text says why and what to do, one line per problem."""


class Settings(BaseSettings):
    """Everything an owner can set. Each field's description is its line in `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore", env_ignore_empty=True
    )

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
        description="The VAE of models that come without one: a diffusers directory or a .safetensors file.",
    )
    loras: Path | None = Field(
        None, description="A directory of LoRAs (.safetensors). Each has the name of its file."
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
        8080, ge=0, le=65535, description="The port of the web pages. 0: no pages, no /healthz, no /metrics."
    )
    members_intent: bool = Field(
        default=False,
        description="Greet people when they join. Needs the Server Members Intent, switched on in the "
        "developer portal.",
    )
    retention_days: int = Field(
        0,
        ge=0,
        description="Days that picture files are kept; older ones are redrawn on demand. 0: for ever.",
    )

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, device: str) -> str:
        if not re.fullmatch(r"auto|cuda(:\d+)?|mps|cpu", device):
            raise PydanticCustomError(
                "device", "Input should be auto, cuda, cuda:1 (the second GPU), mps or cpu"
            )
        return device

    @field_validator("models")
    @classmethod
    def _are_pairs(cls, models: str) -> str:
        for pair in split_models(models):
            name, _, model = pair.partition("=")
            if not re.fullmatch(r"[\w .-]{1,64}", name) or not model.strip():
                raise PydanticCustomError(
                    "models",
                    "Input should be name=model pairs with commas between them, which `{pair}` is not",
                    {"pair": pair[:100]},
                )
        return models


def split_models(models: str) -> tuple[str, ...]:
    """The pairs of the setting MODELS, which stand between commas or on lines of their own."""
    return tuple(pair.strip() for pair in re.split(r"[,\n]", models) if pair.strip())


def load_settings() -> Settings:
    """Read the settings.

    Raises: StartupError, with a line per wrong setting.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # pydantic fills the fields from the environment
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}. Set it in .env "
            "(see .env.example)."
            for problem in error.errors()
        ]
        raise StartupError("\n".join(lines)) from None


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
