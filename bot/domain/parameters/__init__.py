"""The `--parameters` of a prompt."""

from bot.domain.parameters.readers import WIDEST, read_list
from bot.domain.parameters.row import Parameter
from bot.domain.parameters.table import FIELDS, MAX_SEED, MAX_STEPS, ROWS, Parameters, given

__all__ = [
    "FIELDS",
    "MAX_SEED",
    "MAX_STEPS",
    "ROWS",
    "WIDEST",
    "Parameter",
    "Parameters",
    "given",
    "read_list",
]
