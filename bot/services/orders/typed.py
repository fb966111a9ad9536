"""Typed texts: read with all that they stand for, submitted whole, or kept as they could be mended."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Protocol

from bot.domain.asker import Asker
from bot.domain.errors import PromptError, PromptRefused, TooManyPrompts, Unconfirmed, UserError
from bot.domain.job import Job
from bot.domain.kept import Keep, Waits
from bot.domain.kinds import JobKind
from bot.domain.moderation import check_text
from bot.domain.order import Order
from bot.domain.preferences import Preferences
from bot.domain.prompt import parse, parse_all
from bot.domain.prompt.mistakes import MAX_MISTAKES
from bot.domain.quota_words import duration
from bot.domain.sentences import say
from bot.domain.suffix import SuffixMisfit
from bot.services.gates.minors import judge
from bot.services.jobs import Jobs
from bot.services.kept import KeptOrders
from bot.services.orders import imagine
from bot.services.orders.means import Means
from bot.services.orders.sources import Sources

MOST_MENDINGS = 4
"""What one finds wrong after another: the words, pictures, models, and what goes with each."""


class Read(Protocol):
    """How a typed text becomes orders."""

    async def __call__(self, text: str, preferences: Preferences) -> list[Order]:
        """What it stands for, with its member's own settings. Raises: UserError."""
        ...


@contextmanager
def quoting(text: str) -> Iterator[None]:
    """Whatever is refused within carries the text that it is about."""
    try:
        yield
    except UserError as error:
        error.prompt = text
        raise


class TypedTexts:
    """What was typed is refused with every mistake at once, and with a button where one press mends it."""

    def __init__(self, jobs: Jobs, kept: KeptOrders, means: Means, sources: Sources) -> None:
        self._jobs = jobs
        self._kept = kept
        self._means = means
        self._sources = sources

    async def read(self, asker: Asker, text: str, preferences: Preferences) -> list[Order]:
        """The orders of a text of /imagine, with its pictures fetched and kept.

        Raises: PromptError.
        """
        prompts = parse_all(text)
        found = await self._sources.find(asker, prompts, preferences)
        return imagine.orders(text, prompts, found, await self._means.recipes(asker), preferences)

    async def submit(self, asker: Asker, text: str, read: Read) -> Job:
        """Submit all that a text stands for; the first job of it.

        Raises: UserError, with the text in it; Unconfirmed, where they are many.
        """
        preferences = await self._means.preferences(asker)
        with quoting(text):
            try:
                orders = await read(text, preferences)
                if len(orders) > preferences.ask_above:
                    raise await self._asking(asker, orders)
                return (await self._jobs.submit(asker, orders))[0]
            except PromptError as error:
                refusal = await self._mendable(asker, text, error, read, preferences)
            raise refusal

    async def _asking(self, asker: Asker, orders: Sequence[Order]) -> UserError:
        """The question whether so many are meant, with its button; or that they are not to be had.

        What the one rule refuses that nobody can switch off is refused for that, and nothing of it is kept.
        """
        for order in orders:
            judge(order)
        await self._jobs.check_covered(asker, orders)
        charge = self._jobs.price(orders)
        question = Unconfirmed(
            say(
                "This makes {count} prompts: {images} pictures, about {time} of drawing. Draw all of them?",
                count=len(orders),
                images=charge.images,
                time=duration(charge.gpu_ms),
            )
        )
        await self._kept.keep(asker, orders[0], question, Keep(why=Waits.MANY))
        return question

    async def _mendable(
        self, asker: Asker, text: str, error: PromptError, read: Read, preferences: Preferences
    ) -> UserError:
        """The mistakes of a prompt; where it can be drawn as it was meant, or without what was wrong, with a
        button that does.

        What the one rule refuses that nobody can switch off is refused for that, and nothing of it is kept.
        """
        if isinstance(error, TooManyPrompts):
            return await self._priced(asker, error)
        if error.fixed is None and error.without is None:
            return error
        verdict = check_text(text)
        if verdict.sentence is not None:
            return PromptRefused(verdict.sentence)
        if isinstance(error, SuffixMisfit):
            preferences = replace(preferences, suffix="")
        offer = partial(self._offer, asker, error, partial(read, preferences=preferences))
        left = await offer(Waits.FIX, error.fixed)
        await offer(Waits.WITHOUT, error.without or left)
        return error

    async def _priced(self, asker: Asker, error: TooManyPrompts) -> UserError:
        """The refusal of too many prompts, with what they would have cost: that of the first, so often."""
        with suppress(UserError):  # what one of them costs is not known where it cannot be read
            recipe = (await self._means.recipes(asker)).new(parse(error.one))
            charge = self._jobs.price([Order(kind=JobKind.IMAGINE, text=error.one, recipe=recipe)])
            return PromptError(
                *error.sentences,
                say(
                    "All of them would be {images} pictures, about {time} of drawing.",
                    images=charge.images * error.count,
                    time=duration(charge.gpu_ms * error.count),
                ),
            )
        return error

    async def _offer(
        self,
        asker: Asker,
        error: PromptError,
        read: Callable[[str], Awaitable[list[Order]]],
        why: Waits,
        mended: str | None,
    ) -> str | None:
        """Keep a prompt that was mended, and give its refusal the button for it.

        What is wrong with that, too, as this server does not have it, is told with the rest, and mended the
        same way; or else it returns how the prompt reads without it.
        """
        for _ in range(MOST_MENDINGS):
            if mended is None:
                return None
            try:
                order, *others = await read(mended)
            except PromptError as more:
                told = dict.fromkeys([*error.sentences, *more.sentences])
                error.sentences = tuple(told)[: MAX_MISTAKES + 1]
                if why is Waits.FIX and more.fixed is None:
                    return more.without
                mended = more.fixed if why is Waits.FIX else more.without or more.fixed
            else:
                if not others:  # each of the two is a job of its own, whichever is pressed
                    order = replace(order, ordinal=len(error.steps))
                if not (others and error.steps):
                    await self._kept.keep(asker, order, error, Keep(why=why))
                return None
        return None
