"""Pictures put into words, and prompts weighed word by word: nothing is drawn, and nothing charged."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import PromptError, Unavailable
from bot.domain.moderation import check_text
from bot.domain.prompt import Prompt, parse
from bot.domain.recipe import UploadRef
from bot.domain.sentences import say
from bot.domain.size import common_ratio
from bot.domain.uploads import Incoming
from bot.services.allowances import charged_guild, guild_of
from bot.services.clock import Clock, utc_now
from bot.services.drawing import fairness_key_of
from bot.services.gates.blocks import check_block
from bot.services.models import Models
from bot.services.pictures import Pictures
from bot.services.uploads import Uploads
from bot.storage import guilds
from bot.storage.database import Database
from engine import api
from engine.errors import EngineError

Word: TypeAlias = api.Word
"""One word of a prompt, and how much it counts."""
ResultT = TypeVar("ResultT", api.Described, api.Shortened)

MOST_SEEN = 1024
"""Pixels of a side that are enough to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortenedPrompt:
    """How much each word of a prompt counts, and prompts with fewer of them."""

    parts: tuple[tuple[Word, ...], ...]
    """The words of each part: one part, unless several were weighed with `::`."""
    shorter: tuple[str, ...]
    """Whole prompts, with the weights and the parameters of the one that was given; the longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A picture, and four prompts for it."""

    picture: Image.Image
    prompts: tuple[str, ...]
    is_own: bool
    """Whether it was brought along, and so is not shown here already."""
    is_spoiler: bool
    """Whether people must press to see it."""


class Looking:
    """Asks the engine about pictures and words."""

    def __init__(
        self,
        database: Database,
        engine: api.Engine,
        models: Models,
        uploads: Uploads,
        pictures: Pictures,
        *,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._now = now
        self._engine = engine
        self._models = models
        self._uploads = uploads
        self._pictures = pictures

    async def look(self, asker: Asker, source: Incoming, *, turn: int = 0) -> Seen:
        """Four prompts for a picture that the asker brings along or names; others at each turn.

        Raises: UserError.
        """
        self._check_eyes()
        async with self._database.reading() as session:
            key = {"guild_id": await charged_guild(session, asker), "user_id": asker.user_id}
            settings = await guilds.get_settings(session, key["guild_id"])
            await check_block(session, **key, settings=settings, now=self._now())
        image = await self._uploads.take(asker, source)
        picture = await self._pictures.get(image)
        prompts = await self.describe(picture, fairness_key=fairness_key_of(**key), turn=turn)
        check_text(" ".join(prompts)).enforce()
        is_upload = isinstance(image, UploadRef)
        is_spoiler = isinstance(image, UploadRef) and await self._uploads.must_be_hidden(asker, image)
        return Seen(picture=picture, prompts=prompts, is_own=is_upload, is_spoiler=is_spoiler)

    def _check_eyes(self) -> None:
        """Raises: Unavailable, before anything is fetched for nothing."""
        if api.Capability.DESCRIBING not in self._models.default.capabilities:
            raise Unavailable(
                say(
                    "There is nothing here to look at pictures with. Whoever runs me can set CAPTIONER to a "
                    "captioner such as Salesforce/blip-image-captioning-base."
                )
            )

    async def describe(
        self, picture: Image.Image, *, fairness_key: str = "", turn: int = 0
    ) -> tuple[str, ...]:
        """Four prompts for a picture, with its shape; others at each turn.

        Raises: Unavailable.
        """
        self._check_eyes()
        model = self._models.default
        seen = await asyncio.to_thread(_reduced, picture)
        request = api.Describe(model=model.name, picture=seen, seed=turn, fairness_key=fairness_key)
        ratio = common_ratio(*picture.size)
        shape = "" if ratio.width == ratio.height else f" --ar {ratio}"
        return tuple(caption + shape for caption in (await self._asked(request, api.Described)).captions)

    async def shorten(self, text: str, asker: Asker | None = None) -> ShortenedPrompt:
        """What a prompt could do without; the time that it takes is the asker's, if there is one.

        Raises: PromptError; Unavailable.
        """
        prompt = parse(text)
        count = sum(len(part.text.split()) for part in prompt.parts)
        if not 0 < count <= api.MOST_WORDS:
            raise PromptError(
                say(
                    "I weigh prompts of 1 to {limit} words; this one has {count}.",
                    limit=api.MOST_WORDS,
                    count=count,
                )
            )
        model, fairness_key = self._models.default.name, await self._share_of(asker)
        found = [
            await self._asked(
                api.Shorten(model=model, prompt=part.text, fairness_key=fairness_key), api.Shortened
            )
            for part in prompt.parts
        ]
        return ShortenedPrompt(parts=tuple(one.words for one in found), shorter=_together(prompt, found))

    async def _share_of(self, asker: Asker | None) -> str:
        if asker is None:
            return ""
        async with self._database.reading() as session:
            return fairness_key_of(await guild_of(session, asker), asker.user_id)

    async def _asked(self, request: api.Request, kind: type[ResultT]) -> ResultT:
        try:
            async with aclosing(self._engine.run(request)) as events:
                async for event in events:
                    if isinstance(event, api.Finished) and isinstance(event.result, kind):
                        return event.result
        except EngineError as error:
            raise Unavailable(say("I cannot look at that just now. Try again in a minute.")) from error
        raise Unavailable(say("I cannot look at that just now. Try again in a minute."))


def _reduced(picture: Image.Image) -> Image.Image:
    """A picture small enough to look at, in colours."""
    seen = picture.convert("RGB")
    seen.thumbnail((MOST_SEEN, MOST_SEEN), Image.Resampling.BICUBIC)
    return seen


def _together(prompt: Prompt, found: Sequence[api.Shortened]) -> tuple[str, ...]:
    """The prompts whose parts are each as short as they are at this place, or as short as they get."""
    texts = [one.shorter or (part.text,) for one, part in zip(found, prompt.parts, strict=True)]
    shorter = (
        replace(
            prompt,
            parts=tuple(
                replace(part, text=those[min(place, len(those) - 1)])
                for part, those in zip(prompt.parts, texts, strict=True)
            ),
        )
        for place in range(max(map(len, texts)))
    )
    return tuple(dict.fromkeys(str(one) for one in shorter if one != prompt))
