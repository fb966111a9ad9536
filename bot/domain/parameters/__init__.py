"""The `--parameters` of a prompt."""

from bot.domain.parameters.pictures import ImagePrompt
from bot.domain.parameters.readers import WIDEST, read_list
from bot.domain.parameters.row import Parameter, Subject
from bot.domain.parameters.seeds import MAX_SEED, SameSeed
from bot.domain.parameters.table import FIELDS, MAX_STEPS, NOTHING, ROWS, Parameters, given

__all__ = [
    "FIELDS",
    "MAX_SEED",
    "MAX_STEPS",
    "NOTHING",
    "ROWS",
    "WIDEST",
    "ImagePrompt",
    "Parameter",
    "Parameters",
    "SameSeed",
    "Subject",
    "given",
    "read_list",
]
