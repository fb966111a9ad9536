"""Presses under a picture, and what they ask for: as the button says, with a change, or with new words."""

from collections.abc import Callable, Mapping
from functools import partial

from bot.domain.asker import Asker
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.preferences import Preferences
from bot.services.orders import edit, pick, pictures, remix, reroll, upscale, vary
from bot.services.orders.edit import Change
from bot.services.orders.imagine import hurried
from bot.services.orders.means import Means
from bot.services.orders.press import Press, get_parent, unknown
from bot.services.orders.sources import Sources
from bot.services.orders.typed import Read
from bot.services.recipes import Recipes
from bot.storage.database import Database

Build = Callable[[Job, Press, Recipes], Order]

BUILDERS: Mapping[JobKind, Build] = {
    JobKind.REROLL: reroll.order,
    JobKind.VARY: vary.order,
    JobKind.VARY_SUBTLE: vary.subtle,
    JobKind.ZOOM: edit.pressed,
    JobKind.PAN: edit.pressed,
    JobKind.SQUARE: edit.pressed,
    JobKind.UPSCALE_SUBTLE: upscale.pressed,
    JobKind.UPSCALE_CREATIVE: upscale.pressed,
    JobKind.PICK: pick.order,
}
"""What a press under a picture can ask for."""


class Presses:
    """Builds their orders; the picture is loaded and checked anew for each."""

    def __init__(self, database: Database, means: Means, sources: Sources) -> None:
        self._database = database
        self._means = means
        self._sources = sources

    async def parent(self, asker: Asker, press: Press) -> Job:
        """The picture that a button is under, if the asker may press it. Raises: NotFound, NotAllowed."""
        return await get_parent(self._database, asker, press)

    async def order(self, asker: Asker, press: Press) -> Order:
        """The order of a button. Raises: UserError."""
        if press.kind not in BUILDERS:
            raise unknown()
        parent = await self.parent(asker, press)
        preferences = await self._means.preferences(asker)
        press = vary.preferred(press, parent, preferences)
        return hurried(BUILDERS[press.kind](parent, press, await self._means.recipes(asker)), preferences)

    async def changed(self, asker: Asker, press: Press, change: Change) -> Order:
        """The order of a button with words, a seed or an area of its own. Raises: UserError."""
        parent, recipes = await self.parent(asker, press), await self._means.recipes(asker)
        if press.kind in edit.KINDS:
            order = edit.order(parent, press, recipes, change)
        elif press.kind in upscale.KINDS:
            order = upscale.order(parent, press, recipes, factor=round(change.factor))
        else:
            order = BUILDERS[press.kind](parent, press, recipes)
        return hurried(change.applied_to(order, recipes), await self._means.preferences(asker))

    async def remixing(self, asker: Asker, press: Press, change: Change | None) -> Read:
        """How a text is read that was typed into a form under a picture. Raises: NotFound, NotAllowed."""
        build = BUILDERS.get(press.kind) if change is None else partial(edit.order, change=change)
        if build is None or not press.kind.traits.is_drawn:
            raise unknown()
        parent = await self.parent(asker, press)

        async def read(text: str, preferences: Preferences) -> list[Order]:
            prompt = remix.read(text, press)
            if remix.has_same_pictures(prompt, parent):
                found = pictures.known(prompt)
            else:
                found = await self._sources.find(asker, [prompt], Preferences())
            order = remix.order(prompt, parent, press, build, found, await self._means.recipes(asker))
            return [hurried(order, preferences)]

        return read
