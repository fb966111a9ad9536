"""How newcomers are met: how old an account must be, the terms, what to try first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed, UserError
from bot.domain.guild import GuildSettings
from bot.domain.kept import Keep, Waits
from bot.domain.sentences import Sentence, moment, say

EXAMPLES = ("a red fox in the snow", "a lighthouse at night --ar 3:2", "a red apple on a blue table")
"""Prompts to press."""

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


class TermsNotAccepted(UserError):
    """The guild's terms come first; what was asked for is kept, and runs when they are accepted."""

    def __init__(self, settings: GuildSettings, *, is_first: bool, is_typed: bool) -> None:
        first = say("**One thing before your first picture.** This server asks you to accept its terms:")
        later = say("**One thing first.** This server asks you to accept its terms:")
        prompt = say("Your prompt is kept: it is drawn by itself when you accept.")
        press = say("What you pressed is drawn by itself when you accept.")
        quoted = "\n".join(f"> {line}" for line in settings.terms.splitlines())
        super().__init__(
            Sentence(
                text="{head}\n{terms}\n-# {kept}",
                values={
                    "head": first if is_first and is_typed else later,
                    "terms": quoted,
                    "kept": prompt if is_typed else press,
                },
            ),
            keep=Keep(why=Waits.TERMS, argument=settings.terms_version),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a member needs to know to begin."""

    room_id: int | None
    """The least busy newbie room; None where there are none."""
    has_terms: bool
    """Whether terms wait to be accepted."""


def account_created_at(user_id: int) -> datetime:
    """When an account of Discord was made: it stands in the id."""
    return DISCORD_EPOCH + timedelta(milliseconds=user_id >> 22)


def check_account(asker: Asker, settings: GuildSettings, *, now: datetime) -> None:
    """Refuse accounts that are too new, and members who joined just now: throw-away accounts are both.

    Who leaves and joins again waits again; the trial and the day's spending belong to the account, and stay.

    Raises: NotAllowed.
    """
    from_age = account_created_at(asker.user_id) + timedelta(days=settings.min_account_days)
    if now < from_age:
        raise NotAllowed(
            say(
                "Your Discord account is too new for this server: you can draw {when}.", when=moment(from_age)
            )
        )
    if asker.joined_at is None:
        return
    from_joining = asker.joined_at + timedelta(minutes=settings.min_member_minutes)
    if now < from_joining:
        raise NotAllowed(
            say("You joined this server just now: you can draw {when}.", when=moment(from_joining))
        )
