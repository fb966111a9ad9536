"""How urgent a prompt says that it is."""

from dataclasses import replace

from bot.domain.job import Speed
from bot.domain.prompt import Prompt


def typed_speed(prompt: Prompt) -> Speed | None:
    """How urgent a prompt says that it is; None, where it says nothing."""
    if prompt.parameters.is_relaxed:
        return Speed.RELAX
    if prompt.parameters.is_turbo:
        return Speed.TURBO
    return Speed.FAST if prompt.parameters.is_fast else None


def without_speed(prompt: Prompt) -> Prompt:
    """The prompt without a word of it."""
    parameters = replace(prompt.parameters, is_fast=False, is_relaxed=False, is_turbo=False)
    return replace(prompt, parameters=parameters)
