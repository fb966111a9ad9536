"""What members ask for: a press or a command becomes an order (a file each), and is submitted."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotFound, Unconfirmed
from bot.domain.job import Job, may_be_pressed
from bot.domain.kept import Keep, KeptOrder, Waits
from bot.domain.kinds import JobKind
from bot.domain.next_steps import NextStep
from bot.domain.order import Order
from bot.domain.parameters import ImagePrompt, Parameters
from bot.domain.pardons import Pardon
from bot.domain.prompt import Prompt, parse
from bot.domain.recipe import Canvas, ImageRef, Picture, UploadRef
from bot.domain.sentences import say
from bot.domain.size import AspectRatio
from bot.domain.suffix import applied
from bot.domain.uploads import Incoming, written
from bot.services.gates.minors import judge
from bot.services.imports import UNTITLED, Imports
from bot.services.jobs import Jobs
from bot.services.kept import KeptOrders
from bot.services.orders import again, blend, bring, steer
from bot.services.orders.arrival import ASKER, Arrival
from bot.services.orders.edit import Change
from bot.services.orders.imagine import hurried
from bot.services.orders.means import Means
from bot.services.orders.press import Press
from bot.services.orders.presses import BUILDERS, Presses
from bot.services.orders.sources import Sources
from bot.services.orders.steer import Steer
from bot.services.orders.typed import TypedTexts, quoting
from bot.services.preferences import MemberPreferences
from bot.services.recipes import Recipes
from bot.services.studios import Studios
from bot.services.uploads import Uploads
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from bot.storage.outage import passing_over_outages

__all__ = ["BUILDERS", "Arrival", "Change", "Orders", "Press", "Steer"]


class Orders:
    """Everything that can be asked for. Each either happens whole or raises a UserError."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        kept: KeptOrders,
        recipes: Recipes,
        imports: Imports,
        preferences: MemberPreferences,
        uploads: Uploads,
        studios: Studios,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._kept = kept
        self._imports = imports
        self._uploads = uploads
        self._sources = Sources(uploads)
        self._means = Means(recipes, preferences, studios)
        self._presses = Presses(database, self._means, self._sources)
        self._texts = TypedTexts(jobs, kept, self._means, self._sources)

    async def take(self, arrival: Arrival) -> Job:
        """Do what an interaction asks for. The first job of it.

        Raises: UserError.
        """
        asker, press = arrival.asker, arrival.press
        if arrival.again is not None:
            return await self.again(asker, arrival.again)
        if arrival.is_blend:
            return await self.blend_from(asker, arrival.sources, arrival.ratio)
        if press is None:
            return await self.imagine(asker, arrival.text, arrival.sources)
        if arrival.text:
            return await self.remix(asker, press, arrival.text)
        return await self.press(asker, press)

    async def imagine(self, asker: Asker, text: str, sources: Sequence[Incoming] = ()) -> Job:
        """Draw four pictures of each of the prompts that a text stands for, or of none. The first job.

        Pictures that the asker brings along stand before the text.

        Raises: UserError, with the text in it; Unconfirmed, where they are many.
        """
        with quoting(text):
            brought = await self._sources.bring(asker, sources)
        whole = " ".join([*map(written, brought), text])
        return await self._texts.submit(asker, whole, partial(self._texts.read, asker))

    async def remix(self, asker: Asker, press: Press, text: str, change: Change | None = None) -> Job:
        """Do what a button under a picture says, with a prompt of the asker's own; an edit as `change` says.

        Raises: UserError, with the text in it.
        """
        return await self._texts.submit(asker, text, await self._presses.remixing(asker, press, change))

    async def propose(self, asker: Asker, press: Press, text: str, change: Change) -> NextStep:
        """The same, kept until it is pressed: then it passes the gates.

        Raises: UserError, with the text in it.
        """
        question = Unconfirmed()
        with quoting(text):
            order = await self._remixed(asker, press, text, change)
            judge(order)
            await self._kept.keep(asker, order, question, Keep(why=Waits.AREA))
        (step,) = question.steps
        return step

    async def check(self, asker: Asker, press: Press, text: str) -> None:
        """See whether an area of a picture could be drawn anew with a prompt, before it is looked for.

        Raises: UserError, with the text in it.
        """
        with quoting(text):
            order = await self._remixed(asker, press, text, Change())
            await self._jobs.check(asker, replace(order, is_confirmed=True))

    async def parent(self, asker: Asker, press: Press) -> Job:
        """The picture that a button is under, if the asker may press it. Raises: NotFound, NotAllowed."""
        return await self._presses.parent(asker, press)

    async def blend(self, asker: Asker, images: Sequence[Picture], prompt: Prompt) -> Job:
        """Draw four pictures that several are blended into; the prompt's text may be empty.

        Raises: UserError.
        """
        for image in images:
            if isinstance(image, UploadRef):
                await self._uploads.resolve(asker, written(image))
                continue
            press = Press(kind=JobKind.BLEND, job_id=image.job_id, index=image.index)
            await self.parent(asker, press)
        return await self._blended(asker, images, prompt)

    async def blend_from(self, asker: Asker, sources: Sequence[Incoming], ratio: AspectRatio | None) -> Job:
        """Draw four pictures that those are blended into which the asker brings along.

        Raises: UserError.
        """
        blend.check_count(len(sources))
        images = await self._sources.bring(asker, sources)
        prompt = Prompt(
            parts=UNTITLED.parts,
            images=tuple(ImagePrompt(link=written(image)) for image in images),
            parameters=Parameters(aspect_ratio=ratio),
        )
        return await self._blended(asker, images, prompt)

    async def edit_from(self, asker: Asker, source: Incoming, text: str) -> Job:
        """Post a picture that the asker brings along, with the buttons of a single picture below it.

        Its words, which may be empty, are what is drawn around it, and in it.

        Raises: UserError, with the text in it.
        """
        with quoting(text):
            prompt = parse(text) if text else UNTITLED
            (picture,) = await self._sources.bring(asker, [source])
            if isinstance(picture, ImageRef):
                raise Impossible(
                    say("This picture was drawn here: press the buttons below it, or /show brings it back.")
                )
            shown = await self._uploads.image(picture)
            shape = Canvas(width=shown.width, height=shown.height)
            order = bring.order(picture, shape, prompt, await self._means.recipes(asker))
            return await self._jobs.draw(asker, order)

    async def press(self, asker: Asker, press: Press) -> Job:
        """Do what a button under a picture says.

        Raises: UserError.
        """
        return await self._jobs.draw(asker, await self._presses.order(asker, press))

    async def again(self, asker: Asker, job_id: int) -> Job:
        """Draw one of the asker's own prompts once more, with a new seed.

        Raises: UserError.
        """
        order = again.order(await self._own_prompt(asker, job_id), await self._means.recipes(asker))
        return await self._draw(asker, order)

    async def without_suffix(self, asker: Asker, job_id: int) -> Job:
        """Draw what the asker typed, with all that it stood for, without their suffix. The first job.

        Raises: UserError.
        """
        job = await self._own_prompt(asker, job_id)
        preferences = replace(await self._means.preferences(asker), suffix="")
        batch = sorted([job, *await self._jobs.list_siblings(job)], key=lambda one: one.ordinal)
        typed = [one.recipe.typed or one.prompt for one in batch]
        orders = [order for text in typed for order in await self._texts.read(asker, text, preferences)]
        numbered = [
            replace(order, ordinal=number, batch_size=len(orders)) for number, order in enumerate(orders)
        ]
        return (await self._jobs.submit(asker, numbered))[0]

    async def change(self, asker: Asker, press: Press, change: Change) -> Job:
        """The same with words, a seed or an area of its own.

        Raises: UserError.
        """
        return await self._jobs.draw(asker, await self._presses.changed(asker, press, change))

    async def steer(self, asker: Asker, picture: Image.Image, asked: Steer) -> Job:
        """Draw four pictures of a prompt that follow a map, or what is to be seen in a picture.

        Raises: UserError.
        """
        shape = Canvas(width=picture.width, height=picture.height)
        order = steer.order(asked, shape, await self._means.recipes(asker))
        if asked.is_picture:
            picture = await asyncio.to_thread(steer.made_from, picture, asked.kind, order.recipe.canvas)
        keeper = replace(asker, source=uuid4().hex)  # the map is a job of its own
        kept = await self._imports.add(keeper, [picture], "")
        return await self._draw(asker, steer.with_map(order, asked, ImageRef(job_id=kept.id, index=0)))

    async def release(self, asker: Asker, key: int | str) -> Job:
        """Submit an order that was kept: through all gates again, at today's price. The first job of it.

        However often it is pressed, it makes its jobs once.

        Raises: UserError; NotFound, where nothing of the asker is kept under this id (or, of old, source).
        """
        kept = await self._kept.get(asker, key)
        asker = replace(asker, source=kept.source)
        if ASKER in kept.order:
            arrival = Arrival.from_json(kept.order, source=kept.source, user_id=kept.user_id)
            job = await self.take(replace(arrival, asker=asker))
        else:
            job = await self._submit_kept(asker, kept)
        with passing_over_outages("forgetting a kept order"):  # pressed again, it is the same job
            await self._kept.delete(kept)
        return job

    async def _submit_kept(self, asker: Asker, kept: KeptOrder) -> Job:
        with quoting(kept.typed):
            orders = await self._read(asker, kept.order)
            if kept.why is Waits.WORDS:
                orders = [replace(order, is_confirmed=True) for order in orders]
            return (await self._jobs.submit(asker, orders))[0]

    async def allowed(self, asker: Asker, values: Mapping[str, Any], pardons: Sequence[Pardon]) -> Job:
        """Submit what moderators allowed of a refused request. The first job of it.

        Raises: UserError, with the text in it.
        """
        with quoting(str(values.get("text", ""))):
            orders = await self._read(asker, values)
            allowed = [replace(order, pardons=tuple(pardons)) for order in orders]
            return (await self._jobs.submit(asker, allowed))[0]

    async def _draw(self, asker: Asker, order: Order) -> Job:
        """Submit an order, as urgent as its member's settings say."""
        return await self._jobs.draw(asker, hurried(order, await self._means.preferences(asker)))

    async def _blended(self, asker: Asker, images: Sequence[Picture], prompt: Prompt) -> Job:
        whole = applied(prompt, await self._means.preferences(asker))
        return await self._draw(asker, blend.order(images, whole, await self._means.recipes(asker)))

    async def _remixed(self, asker: Asker, press: Press, text: str, change: Change) -> Order:
        """The order of a form under a picture, in which an area is changed."""
        read = await self._presses.remixing(asker, press, change)
        (order,) = await read(text, await self._means.preferences(asker))
        return order

    async def _own_prompt(self, asker: Asker, job_id: int) -> Job:
        """A job of the asker's whose words they wrote, here.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
        is_theirs = job is not None and job.user_id == asker.user_id and may_be_pressed(job, asker)
        can_be_drawn = job is not None and job.kind.traits.has_own_text and job.kind.traits.is_drawn
        if job is None or not (is_theirs and can_be_drawn) or not job.recipe.prompt.parts:
            raise NotFound(say("I know no such prompt of yours here. Pick one from the list of /again."))
        return job

    async def _read(self, asker: Asker, values: Mapping[str, Any]) -> list[Order]:
        """A kept order, with the weights as they are now; of a batch, all of them are read from their text.

        Older versions kept none of its recipe.
        """
        if "recipe" in values and values.get("batch_size", 1) == 1:
            order = Order.from_json(values)
            recipes = await self._means.recipes(asker)
            return [replace(order, recipe=recipes.current(order.recipe))]
        if values.get("parent") is None:
            pardons = tuple(map(Pardon.from_json, values.get("pardons") or ()))
            preferences = await self._means.preferences(asker)
            orders = await self._texts.read(asker, values["text"], preferences)
            return [replace(order, pardons=pardons) for order in orders]
        image = ImageRef(**values["parent"])
        press = Press(
            kind=JobKind(values["kind"]),
            job_id=image.job_id,
            index=image.index,
            reply_to=values.get("reply_to"),
        )
        return [await self._presses.order(asker, press)]
