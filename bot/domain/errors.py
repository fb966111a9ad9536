"""Refusals: what the bot will not do, each in a sentence that says what was wrong and what to do.

UserError
├── PromptError          the prompt cannot be read; all its mistakes together
│   └── TooManyPrompts   it stands for more prompts than are drawn at once
├── PromptRefused        the prompt is readable, but a rule forbids it
├── Unreadable           something else that was typed cannot be read: a span, a zone, a phrase
│   └── InvalidSetting   a setting of a guild (`bot.domain.guild_options`)
├── Unusable             a picture that was brought along cannot be had, or is none (`bot.domain.uploads`)
├── TermsNotAccepted     the guild's terms come first (`bot.domain.onboarding`)
├── QuotaExceeded        the allowance does not cover it
├── Unconfirmed          so much is asked for that the person is asked whether it is meant
├── TooManyJobs          enough jobs of this member are waiting already
├── NotAllowed           this person may not do this
├── MissingPermissions   the bot lacks permissions in this channel
├── NotFound             the job or picture is gone, or never was
│   └── Gone             what it was made from is gone
├── TooLate              it is over, decided or answered already
│   └── Decided          somebody has decided what moderators were asked
├── Withheld             the guild's image filter keeps a picture back (`bot.domain.image_filter`)
└── Unavailable          nothing can be drawn just now: the engine is starting, stopping or down
"""

from bot.domain.kept import Keep
from bot.domain.next_steps import NextStep
from bot.domain.sentences import Sentence, say


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
        self.notice = ""
        """What the owners of the bot tell everybody just now, who is refused an order among them."""

    def __str__(self) -> str:
        return "\n".join(str(sentence) for sentence in self.sentences)


class PromptError(UserError):
    """The prompt cannot be read."""

    without: str | None = None
    """The prompt less values that are wrong and what cannot be done here, where that was all of it."""
    fixed: str | None = None
    """The prompt as it was certainly meant, where every mistake has one cure."""

    @property
    def mistakes(self) -> tuple[Sentence, ...]:
        """Every mistake of the prompt, each with its cure."""
        return self.sentences


class TooManyPrompts(PromptError):
    """A text stands for more prompts than are drawn at once; its price has not been told yet."""

    def __init__(self, sentence: Sentence, *, count: int, one: str) -> None:
        super().__init__(sentence)
        self.count = count
        self.one = one
        """One of the prompts."""


class PromptRefused(UserError):
    """A rule forbids what the prompt asks for."""


class QuotaExceeded(UserError):
    """The allowance does not cover the job."""


class TooManyJobs(UserError):
    """Enough jobs are waiting already."""


class Unconfirmed(UserError):
    """So much is asked for that the person is asked whether it is meant."""


class NotAllowed(UserError):
    """This person may not do this."""


class MissingPermissions(UserError):
    """The bot lacks permissions that the job needs in this channel."""


class NotFound(UserError):
    """The job or picture is gone, or never was."""


class Gone(NotFound):
    """A picture that something is made from is gone: it cannot be made, or made again."""


class TooLate(UserError):
    """It is over, decided or answered already."""


class Decided(TooLate):
    """Somebody has decided what moderators were asked."""

    def __init__(self) -> None:
        super().__init__(say("Somebody has decided this already."))


class Impossible(UserError):
    """This cannot be done with this picture."""


class Unreadable(UserError):
    """Something that was typed, and is no prompt, cannot be read."""


class Unavailable(UserError):
    """Nothing can be drawn just now."""
