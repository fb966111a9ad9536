"""The `--parameters` of a prompt: one table, one row each.

A row is a field of `Parameters`. The grammar, the mistakes with their cures, the help and the order in which
parameters are written all come from it, so a new parameter is a new row, and what it does to a recipe.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from bot.domain.loras import WIDEST as LORA_WIDEST
from bot.domain.loras import ChosenLora, own_loras, read_loras, written_loras
from bot.domain.parameters.pictures import (
    MAX_CODE,
    ImagePrompt,
    own_references,
    own_words,
    plain_references,
    references,
    written_references,
)
from bot.domain.parameters.readers import (
    OTHER_STYLES,
    RAW,
    WIDEST,
    number,
    one_of_numbers,
    one_of_words,
    own_ratio,
    own_version,
    read_aspect_ratio,
    read_list,
    read_niji,
    read_raw,
    read_version,
    whole_number,
    written_number,
)
from bot.domain.parameters.row import PARAMETER, Parameter, Subject, flag
from bot.domain.parameters.seeds import MAX_SEED, SameSeed, own_number, read_same_seed
from bot.domain.samplers import SPELLINGS
from bot.domain.sentences import say
from bot.domain.size import AspectRatio

MAX_STEPS = 100
QUALITIES = (0.25, 0.5, 1.0, 2.0, 4.0)
LEAST_STOP = 10
MAX_GUIDANCE = 30
MAX_REPEAT = 40
MAX_STYLIZE = 1000
MAX_WEIRD = 3000
_DIGIT = re.compile("[0-9]")
_STYLE = re.compile("|".join(sorted({RAW, *OTHER_STYLES})), re.IGNORECASE)
MAX_IMAGE_WEIGHT = 3
MAX_STYLE_WEIGHT = 1000
MAX_ZOOM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The table, and the values of one prompt. A parameter that was not given is None, False or empty."""

    aspect_ratio: AspectRatio | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="ar",
                aliases=("aspect",),
                own=own_ratio,
                read=read_aspect_ratio,
                write=str,
                range=say("from 1:{widest} to {widest}:1", widest=WIDEST),
                default=say("square"),
                help=say("The shape of the picture, width to height."),
                example="--ar 3:2",
            )
        },
    )
    negative: tuple[str, ...] = field(
        default=(),
        metadata={
            PARAMETER: Parameter(
                name="no",
                words=None,
                own=own_words,
                read=read_list,
                write=", ".join,
                range=say("words separated by commas"),
                default=say("nothing"),
                help=say("What should not be in the picture."),
                example="--no text, blur",
            )
        },
    )
    seed: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="seed",
                read=whole_number("seed", 0, MAX_SEED, example=7, random="-1"),
                write=str,
                range=say("{low} to {high}", low=0, high=MAX_SEED),
                default=say("a new one each time"),
                help=say("The noise to begin with: the same seed and prompt give the same picture."),
                example="--seed 7",
            )
        },
    )
    chaos: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="chaos",
                aliases=("c",),
                read=whole_number("chaos", 0, 100, example=20),
                write=str,
                range=say("{low} to {high}", low=0, high=100),
                default=say("as they come"),
                help=say("How far the four differ from each other: 0 is little, 100 is much."),
                example="--chaos 20",
            )
        },
    )
    is_tile: bool = field(
        default=False,
        metadata={
            PARAMETER: flag("tile", say("Pictures that join themselves without a seam, for patterns."))
        },
    )
    stop: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="stop",
                read=whole_number("stop", LEAST_STOP, 100, example=80),
                write=str,
                range=say("{low} to {high}", low=LEAST_STOP, high=100),
                default=say("{value}", value=100),
                help=say("Stop after that share of the work, in percent: less is softer."),
                example="--stop 80",
            )
        },
    )
    stylize: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="stylize",
                aliases=("s", "stylise"),
                read=whole_number("stylize", 0, MAX_STYLIZE, example=250),
                write=str,
                range=say("{low} to {high}", low=0, high=MAX_STYLIZE),
                default=say("none, unless this server has it otherwise"),
                help=say(
                    "How much of the model's house style there is: 0 is none, 100 a little. /models tells it."
                ),
                example="--stylize 250",
            )
        },
    )
    is_raw: bool = field(
        default=False,
        metadata={
            PARAMETER: Parameter(
                name="style",
                read=read_raw,
                write=lambda _: RAW,
                range=say("`raw` alone"),
                default=say("as `--stylize` says"),
                help=say(
                    "`--style raw`, or `--raw`: of the house style nothing, or a quarter of what `--stylize` "
                    "asks for."
                ),
                example="--style raw",
                short={RAW: RAW},
                proof=_STYLE,
                plain=lambda _: RAW,
            )
        },
    )
    weird: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="weird",
                aliases=("w",),
                read=whole_number("weird", 0, MAX_WEIRD, example=250),
                write=str,
                range=say("{low} to {high}", low=0, high=MAX_WEIRD),
                default=say("{value}", value=0),
                help=say("How far the text is read otherwise than usual."),
                example="--weird 250",
            )
        },
    )
    quality: float | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="quality",
                subject=Subject.WORK,
                aliases=("q",),
                read=one_of_numbers("quality", *QUALITIES),
                write=written_number,
                range=say("{value}", value=", ".join(map(written_number, QUALITIES))),
                default=say("{value}", value=1),
                help=say("How much work goes into a picture: 2 is twice the usual."),
                example="--quality 2",
            )
        },
    )
    is_draft: bool = field(
        default=False,
        metadata={PARAMETER: flag("draft", say("A quick sketch: half the work."), subject=Subject.WORK)},
    )
    steps: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="steps",
                subject=Subject.WORK,
                read=whole_number("steps", 1, MAX_STEPS, example=30),
                write=str,
                range=say("{low} to {high}", low=1, high=MAX_STEPS),
                default=say("as many as suit the model"),
                help=say("The work of a picture in steps, to the step."),
                example="--steps 30",
            )
        },
    )
    guidance: float | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="guidance",
                subject=Subject.WORK,
                aliases=("cfg",),
                read=number("guidance", 1, MAX_GUIDANCE, example=7),
                write=written_number,
                range=say("{low} to {high}", low=1, high=MAX_GUIDANCE),
                default=say("what suits the model"),
                help=say("How closely the text is followed."),
                example="--guidance 7",
            )
        },
    )
    sampler: str | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="sampler",
                subject=Subject.WORK,
                words=None,
                read=one_of_words("sampler", SPELLINGS),
                write=str,
                range=say("a name such as `euler-a`"),
                default=say("what suits the model"),
                help=say("The way in which noise becomes a picture."),
                example="--sampler euler-a",
            )
        },
    )
    model: str | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="model",
                subject=Subject.WORK,
                read=str,
                write=str,
                range=say("its name, or another that this server gave it"),
                default=say("the model that is usual here"),
                help=say("Which model draws, where there are several."),
                example="--model sketch",
            )
        },
    )
    version: str | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="version",
                subject=Subject.WORK,
                aliases=("v",),
                read=read_version,
                write=str,
                range=say("a version that this server has a model for"),
                default=say("the model that is usual here"),
                help=say("A model by its version, as Midjourney has it. /models tells what is here."),
                example="--version 6",
                proof=_DIGIT,
            )
        },
    )
    niji: str | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="niji",
                subject=Subject.WORK,
                read=read_niji,
                write=str,
                range=say("a version, or nothing"),
                default=say("the model that is usual here"),
                help=say("The model that this server has for anime."),
                example="--niji 6",
                proof=_DIGIT,
                words=None,
                own=own_version,
                is_optional=True,
                plain=lambda version: version or True,
            )
        },
    )
    loras: tuple[ChosenLora, ...] = field(
        default=(),
        metadata={
            PARAMETER: Parameter(
                name="lora",
                subject=Subject.WORK,
                read=read_loras,
                write=written_loras,
                range=say(
                    "a name and a weight from -{limit} to {limit}; several with commas", limit=LORA_WIDEST
                ),
                default=say("none"),
                help=say("A LoRA changes how the model draws. /models tells which are here."),
                example="--lora ink:0.8",
                words=None,
                own=own_loras,
                plain=lambda loras: [[lora.name, lora.weight] for lora in loras],
            )
        },
    )
    is_hd: bool = field(
        default=False,
        metadata={
            PARAMETER: flag(
                "hd",
                say("Not here: **Upscale (Creative)** draws a picture twice as large."),
                subject=Subject.WORK,
            )
        },
    )
    image_weight: float | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="iw",
                subject=Subject.PICTURES,
                read=number("iw", 0, MAX_IMAGE_WEIGHT, example=2),
                write=written_number,
                range=say("{low} to {high}", low=0, high=MAX_IMAGE_WEIGHT),
                default=say("{value}", value=1),
                help=say("How much the pictures before the text count beside it."),
                example="--iw 2",
            )
        },
    )
    style_references: tuple[ImagePrompt, ...] = field(
        default=(),
        metadata={
            PARAMETER: Parameter(
                name="sref",
                plain=plain_references,
                subject=Subject.PICTURES,
                words=None,
                own=own_references,
                read=references("sref", has_codes=True),
                write=written_references,
                range=say("links, `random`, or styles from {low} to {high}", low=0, high=MAX_CODE),
                default=say("no style but the text's"),
                help=say("Draw in the manner of a picture, or of a style by its number."),
                example="--sref 1234",
            )
        },
    )
    style_weight: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="sw",
                subject=Subject.PICTURES,
                read=whole_number("sw", 0, MAX_STYLE_WEIGHT, example=200),
                write=str,
                range=say("{low} to {high}", low=0, high=MAX_STYLE_WEIGHT),
                default=say("{value}", value=100),
                help=say("How much `--sref` counts."),
                example="--sw 200",
            )
        },
    )
    character_references: tuple[ImagePrompt, ...] = field(
        default=(),
        metadata={
            PARAMETER: Parameter(
                name="cref",
                plain=plain_references,
                subject=Subject.PICTURES,
                words=None,
                own=own_references,
                read=references("cref", has_codes=False),
                write=written_references,
                range=say("links"),
                default=say("nobody"),
                help=say("Draw who is to be seen in a picture."),
                example="--cref https://example.com/anna.png",
            )
        },
    )
    character_weight: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="cw",
                subject=Subject.PICTURES,
                read=whole_number("cw", 0, 100, example=50),
                write=str,
                range=say("{low} to {high}", low=0, high=100),
                default=say("{value}", value=100),
                help=say("How much of `--cref` counts: at 0 little more than the face."),
                example="--cw 50",
            )
        },
    )
    same_seed: SameSeed | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="sameseed",
                plain=lambda same: True if same.seed is None else same.seed,
                subject=Subject.WORK,
                own=own_number,
                words=None,
                is_optional=True,
                read=read_same_seed,
                write=str,
                range=say("no value, or {low} to {high}", low=0, high=MAX_SEED),
                default=say("each of the four begins with noise of its own"),
                help=say("All four begin with nearly the same noise, and are alike."),
                example="--sameseed",
            )
        },
    )
    zoom: float | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="zoom",
                subject=Subject.LOOK,
                read=number("zoom", 1, MAX_ZOOM, example=1.5),
                write=written_number,
                range=say("{low} to {high}", low=1, high=MAX_ZOOM),
                default=say("{value}", value=MAX_ZOOM),
                help=say("How far **Custom Zoom**, under a single picture, goes back from it."),
                example="--zoom 1.5",
            )
        },
    )
    is_video: bool = field(
        default=False,
        metadata={
            PARAMETER: flag(
                "video",
                say("Also as an animation: how the four came out of the noise."),
                subject=Subject.WORK,
            )
        },
    )
    repeat: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="repeat",
                subject=Subject.WORK,
                aliases=("r",),
                read=whole_number("repeat", 2, MAX_REPEAT, example=4, random="1"),
                write=str,
                range=say("{low} to {high}", low=2, high=MAX_REPEAT),
                default=say("once"),
                help=say("How often to draw it, four new ones each time."),
                example="--repeat 4",
            )
        },
    )
    is_fast: bool = field(
        default=False,
        metadata={
            PARAMETER: flag(
                "fast", say("In your turn. So it is anyway, where you say nothing."), subject=Subject.WORK
            )
        },
    )
    is_relaxed: bool = field(
        default=False,
        metadata={
            PARAMETER: flag(
                "relax",
                say("Only while nobody else waits. Moderators may make it free."),
                subject=Subject.WORK,
            )
        },
    )
    is_turbo: bool = field(
        default=False,
        metadata={
            PARAMETER: flag(
                "turbo", say("Before all others, where moderators allow it."), subject=Subject.WORK
            )
        },
    )


ROWS: Mapping[str, Parameter[Any]] = MappingProxyType(
    {field.name: field.metadata[PARAMETER] for field in fields(Parameters)}
)
"""The rows by the name of their field."""


NOTHING = Parameters()
"""Where no parameter was given."""


def given(parameters: Parameters) -> dict[str, str]:
    """Those that were given, by their names, as they are written after `--`."""
    return {
        row.name: row.write(value)
        for field, row in ROWS.items()
        if (value := getattr(parameters, field)) != getattr(NOTHING, field)
    }


FIELDS: Mapping[str, str] = MappingProxyType(
    {
        name: field
        for field, parameter in ROWS.items()
        for name in (parameter.name, *parameter.aliases, *parameter.short)
    }
)
"""The name of the field by what a member may write after `--`."""
