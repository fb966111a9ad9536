"""Vary (Region): an area of a picture is chosen, in cells, in words or by a mask, and drawn anew."""

import asyncio
from dataclasses import dataclass, replace

from PIL import Image

from bot.domain.asker import Asker
from bot.domain.cells import ALL, toggled
from bot.domain.errors import Impossible, TooManyJobs, Unavailable, Unreadable
from bot.domain.job import Job
from bot.domain.next_steps import NextStep
from bot.domain.recipe import Recipe
from bot.domain.sentences import say
from bot.imaging.canvas import written_area
from bot.imaging.regions import area_of, on_canvas, share_of, with_area, with_cells
from bot.services.drawing import fairness_key_of
from bot.services.explaining import Explaining, Explanation
from bot.services.making_of import PATIENCE_SECONDS
from bot.services.one_at_a_time import OneAtATime
from bot.services.orders import Change, Orders, Press
from bot.services.pictures import Pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """Where a member chooses an area."""

    job: Job
    cells: int
    picture: bytes
    """The picture under its nine cells, as JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An area that was found, to be looked at before it is drawn."""

    picture: bytes
    """The picture with the area in colour, as JPEG."""
    share: float
    """Of the picture."""
    step: NextStep
    """What draws it."""


class Regions:
    """Chooses areas of pictures. Seeing where words lie costs what drawing one picture costs."""

    def __init__(self, orders: Orders, pictures: Pictures, explaining: Explaining) -> None:
        self._orders = orders
        self._pictures = pictures
        self._explaining = explaining
        self._looking = OneAtATime()

    async def show(self, asker: Asker, press: Press, cells: int, toggle: int | None = None) -> Choosing:
        """The nine cells of a picture, with those that are chosen; one of them is chosen now, or no more.

        Raises: NotFound, NotAllowed, Unavailable; Impossible, where no area of it can be chosen.
        """
        job = await self._parent(asker, press)
        cells = cells if toggle is None else toggled(cells, toggle)
        picture = await self._pictures.get(press.tile(job))
        return Choosing(job=job, cells=cells, picture=await asyncio.to_thread(with_cells, picture, cells))

    async def in_cells(self, asker: Asker, press: Press, cells: int, text: str) -> Job:
        """Draw some cells of a picture anew.

        Raises: UserError.
        """
        job = await self._parent(asker, press)
        if not cells & ALL:
            raise Unreadable(say("No cell is chosen. Press the numbers of those that are to be drawn anew."))
        size = job.recipe.shown
        area = await asyncio.to_thread(area_of, cells, (size.width, size.height))
        return await self._orders.remix(asker, _from(job, press), text, Change(area=written_area(area)))

    async def by_words(self, asker: Asker, press: Press, phrase: str, text: str) -> Proposal:
        """Find where a phrase of a picture's prompt lies in it: the picture is drawn once more for that.

        Raises: UserError.
        """
        job = await self._parent(asker, press)
        press = _from(job, press)
        with self._looking.serving(asker.user_id, _still_looking()):
            await self._orders.check(asker, press, text)
            recipe = job.recipe.only(press.index)
            told = await self._explained(recipe, fairness_key_of(job.guild_id, asker.user_id))
            area = await self._explaining.area(told, phrase)
            picture = await self._pictures.get(press.tile(job))
            if recipe.edit is None:
                await self._explaining.check(told, picture)
            whole = await asyncio.to_thread(on_canvas, area, recipe.edit)
            return await self._propose(asker, press, picture, whole, text)

    async def by_mask(self, asker: Asker, press: Press, mask: Image.Image, text: str) -> Proposal:
        """Take what is white in a mask, which is stretched over the picture.

        Raises: UserError; Unreadable, where nothing of it is white, or it has quite another shape.
        """
        job = await self._parent(asker, press)
        picture = await self._pictures.get(press.tile(job))
        _check_shape(mask, picture)
        return await self._propose(asker, _from(job, press), picture, mask, text)

    async def _explained(self, recipe: Recipe, fairness_key: str) -> Explanation:
        """Raises: UserError; Unavailable, where it would take longer than an answer may."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._explaining.explain(recipe, fairness_key=fairness_key)
        except TimeoutError:
            raise Unavailable(
                say("Others come first, so this takes longer than I may answer. Choose cells instead.")
            ) from None

    async def _propose(
        self, asker: Asker, press: Press, picture: Image.Image, area: Image.Image, text: str
    ) -> Proposal:
        written = await asyncio.to_thread(written_area, area)
        if not written:
            raise Unreadable(
                say("This mask marks nothing: paint white what is to be drawn anew, and black what stays.")
            )
        step = await self._orders.propose(asker, press, text, Change(area=written))
        shown = await asyncio.to_thread(with_area, picture, area)
        return Proposal(picture=shown, share=await asyncio.to_thread(share_of, area), step=step)

    async def _parent(self, asker: Asker, press: Press) -> Job:
        job = await self._orders.parent(asker, press)
        if job.recipe.is_upscaled:
            raise Impossible(
                say(
                    "An upscaled picture cannot be drawn anew in parts. Do it with the one that it was made "
                    "from, and upscale what comes of it."
                )
            )
        return job


def _from(job: Job, press: Press) -> Press:
    """The press, answered where the picture stands: the panel is private."""
    return replace(press, reply_to=job.result_message_id)


def _check_shape(mask: Image.Image, picture: Image.Image) -> None:
    """Raises: Unreadable."""
    wide, high = mask.width * picture.height, mask.height * picture.width
    if not 0.9 < wide / high < 1.1:
        raise Unreadable(
            say(
                "This mask has another shape: it is {width}×{height}, and the picture {picture_width}×"
                "{picture_height}. Paint it over the picture itself.",
                width=mask.width,
                height=mask.height,
                picture_width=picture.width,
                picture_height=picture.height,
            )
        )


def _still_looking() -> TooManyJobs:
    """Nobody is charged for the looking, so nobody has it twice at once."""
    return TooManyJobs(
        say("I am still looking where your last words lie. Wait until you see that, then try again.")
    )
