"""Refusals: what the bot will not do, each in a sentence that says what was wrong and what to do.

UserError
├── PromptError          the prompt cannot be read; all its mistakes together
├── PromptRefused        the prompt is readable, but a rule forbids it
├── QuotaExceeded        the allowance does not cover it
├── TooManyJobs          enough jobs of this member, or of all, are waiting already
├── NotAllowed           this person may not do this
├── MissingPermissions   the bot lacks permissions in this channel
├── NotFound             the job or picture is gone, or never was
└── Unavailable          nothing can be drawn just now: the engine is starting, stopping or down
"""

from dataclasses import dataclass

from bot.domain.kept import Keep
from bot.domain.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What a person may press to go on after a refusal."""

    custom_id: str
    label: Sentence


class UserError(Exception):
    """Base of every refusal. Raised with the sentences that the person will read."""

    def __init__(
        self, *sentences: Sentence, steps: tuple[NextStep, ...] = (), keep: Keep | None = None
    ) -> None:
        super().__init__(*sentences)
        self.sentences = sentences
        self.steps = steps
        self.keep = keep
        """Whether the order that it refuses is kept, for a press that mends it."""
        self.prompt = ""
        """What the person typed, whole, where it is theirs: nothing typed is lost."""

    def __str__(self) -> str:
        return "\n".join(str(sentence) for sentence in self.sentences)


class PromptError(UserError):
    """The prompt cannot be read."""

    without: str | None = None
    """The prompt less what cannot be done here, where that was all that was wrong with it."""

    @property
    def mistakes(self) -> tuple[Sentence, ...]:
        """Every mistake of the prompt, each with its cure."""
        return self.sentences


class PromptRefused(UserError):
    """A rule forbids what the prompt asks for."""


class QuotaExceeded(UserError):
    """The allowance does not cover the job."""


class TooManyJobs(UserError):
    """Enough jobs are waiting already."""


class NotAllowed(UserError):
    """This person may not do this."""


class MissingPermissions(UserError):
    """The bot lacks permissions that the job needs in this channel."""


class NotFound(UserError):
    """The job or picture is gone, or never was."""


class Unavailable(UserError):
    """Nothing can be drawn just now."""
