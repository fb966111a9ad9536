"""What a person may press to go on after a refusal."""

from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Submit an order that was kept."""

    kept_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """Accept a version of the terms, and submit the order that waited for it."""

    kept_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Say that a moderators' word was read."""

    sanction_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Answer a block."""

    sanction_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskModerators:
    """Ask the moderators to allow an order that was kept."""

    kept_id: int


Action: TypeAlias = Draw | Accept | Acknowledge | Appeal | AskModerators


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A button below the refusal."""

    action: Action
    label: Sentence
