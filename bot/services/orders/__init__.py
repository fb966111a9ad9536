"""What members ask for: a press or a command becomes an order (a file each), and is submitted."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import (
    Impossible,
    NotFound,
    PromptError,
    PromptRefused,
    TooManyPrompts,
    Unconfirmed,
    UserError,
)
from bot.domain.job import Job, may_be_pressed
from bot.domain.kept import Keep, Waits
from bot.domain.kinds import JobKind
from bot.domain.moderation import check_text
from bot.domain.next_steps import NextStep
from bot.domain.order import Order
from bot.domain.parameters import ImagePrompt, Parameters
from bot.domain.pardons import Pardon
from bot.domain.preferences import Preferences
from bot.domain.prompt import Prompt, joined, parse, parse_all
from bot.domain.quota_words import duration
from bot.domain.recipe import Canvas, ImageRef, Picture, UploadRef
from bot.domain.sentences import say
from bot.domain.size import AspectRatio
from bot.domain.suffix import SuffixMisfit, applied
from bot.domain.uploads import Incoming, Unusable, written
from bot.imaging.maps import made_from
from bot.services.gates.minors import judge
from bot.services.imports import UNTITLED, Imports
from bot.services.jobs import Jobs
from bot.services.kept import KeptOrders
from bot.services.orders import (
    again,
    blend,
    bring,
    edit,
    imagine,
    pick,
    pictures,
    remix,
    reroll,
    steer,
    upscale,
    vary,
)
from bot.services.orders.edit import Change
from bot.services.orders.imagine import hurried
from bot.services.orders.press import Press, get_parent, unknown
from bot.services.orders.steer import Steer
from bot.services.preferences import MemberPreferences
from bot.services.recipes import Recipes
from bot.services.studios import Studios
from bot.services.uploads import Uploads
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from bot.storage.outage import passing_over_outages

__all__ = ["Change", "Orders", "Press", "Steer"]

Build = Callable[[Job, Press, Recipes], Order]

MOST_PICTURES = 16
"""That one text may name, with `{a, b}`."""


class Read(Protocol):
    """How a typed text becomes orders."""

    async def __call__(self, text: str, preferences: Preferences) -> list[Order]:
        """What it stands for, with its member's own settings. Raises: UserError."""
        ...


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
        self._recipes = recipes
        self._imports = imports
        self._preferences = preferences
        self._uploads = uploads
        self._studios = studios

    async def imagine(self, asker: Asker, text: str, sources: Sequence[Incoming] = ()) -> Job:
        """Draw four pictures of each of the prompts that a text stands for, or of none. The first job.

        Pictures that the asker brings along stand before the text.

        Raises: UserError, with the text in it; Unconfirmed, where they are many.
        """
        try:
            text = " ".join([*map(written, await self._bring(asker, sources)), text])
        except UserError as error:
            error.prompt = text
            raise
        return await self._typed(asker, text, partial(self._read_text, asker))

    async def remix(self, asker: Asker, press: Press, text: str, change: Change | None = None) -> Job:
        """Do what a button under a picture says, with a prompt of the asker's own; an edit as `change` says.

        Raises: UserError, with the text in it.
        """
        return await self._typed(asker, text, await self._remixing(asker, press, change))

    async def propose(self, asker: Asker, press: Press, text: str, change: Change) -> NextStep:
        """The same, kept until it is pressed: then it passes the gates.

        Raises: UserError, with the text in it.
        """
        question, preferences = Unconfirmed(), await self._preferences_of(asker)
        try:
            read = await self._remixing(asker, press, change)
            (order,) = await read(text, preferences)
            judge(order)
            await self._kept.keep(asker, order, question, Keep(why=Waits.AREA))
        except UserError as error:
            error.prompt = text
            raise
        (step,) = question.steps
        return step

    async def check(self, asker: Asker, press: Press, text: str) -> None:
        """See whether an area of a picture could be drawn anew with a prompt, before it is looked for.

        Raises: UserError, with the text in it.
        """
        preferences = await self._preferences_of(asker)
        try:
            read = await self._remixing(asker, press, Change())
            (order,) = await read(text, preferences)
            await self._jobs.check(asker, replace(order, is_confirmed=True))
        except UserError as error:
            error.prompt = text
            raise

    async def _remixing(self, asker: Asker, press: Press, change: Change | None) -> Read:
        """How a text is read that was typed into a form under a picture."""
        build = BUILDERS.get(press.kind) if change is None else partial(edit.order, change=change)
        if build is None or not press.kind.traits.is_drawn:
            raise unknown()
        parent = await get_parent(self._database, asker, press)

        async def read(text: str, preferences: Preferences) -> list[Order]:
            prompt = remix.read(text, press)
            if remix.has_same_pictures(prompt, parent):
                found = pictures.known(prompt)
            else:
                found = await self._find(asker, [prompt], Preferences())
            order = remix.order(prompt, parent, press, build, found, await self._recipes_at(asker))
            return [hurried(order, preferences)]

        return read

    async def parent(self, asker: Asker, press: Press) -> Job:
        """The picture that a button is under, if the asker may press it. Raises: NotFound, NotAllowed."""
        return await get_parent(self._database, asker, press)

    async def _typed(self, asker: Asker, text: str, read: Read) -> Job:
        """Submit all that a text stands for; the first job of it."""
        preferences = await self._preferences_of(asker)
        try:
            orders = await read(text, preferences)
            if len(orders) > preferences.ask_above:
                raise await self._asking(asker, orders)
            return (await self._jobs.submit(asker, orders))[0]
        except PromptError as error:
            refusal = await self._mendable(asker, text, error, read, preferences)
        except UserError as error:
            refusal = error
        refusal.prompt = text
        raise refusal

    async def blend(self, asker: Asker, images: Sequence[Picture], prompt: Prompt) -> Job:
        """Draw four pictures that several are blended into; the prompt's text may be empty.

        Raises: UserError.
        """
        for image in images:
            if isinstance(image, UploadRef):
                await self._uploads.resolve(asker, written(image))
                continue
            press = Press(kind=JobKind.BLEND, job_id=image.job_id, index=image.index)
            await get_parent(self._database, asker, press)
        preferences = await self._preferences_of(asker)
        order = blend.order(images, applied(prompt, preferences), await self._recipes_at(asker))
        return await self._jobs.draw(asker, hurried(order, preferences))

    async def blend_from(self, asker: Asker, sources: Sequence[Incoming], ratio: AspectRatio | None) -> Job:
        """Draw four pictures that those are blended into which the asker brings along.

        Raises: UserError.
        """
        blend.check_count(len(sources))
        images = await self._bring(asker, sources)
        prompt = Prompt(
            parts=UNTITLED.parts,
            images=tuple(ImagePrompt(link=written(image)) for image in images),
            parameters=Parameters(aspect_ratio=ratio),
        )
        preferences = await self._preferences_of(asker)
        order = blend.order(images, applied(prompt, preferences), await self._recipes_at(asker))
        return await self._jobs.draw(asker, hurried(order, preferences))

    async def edit_from(self, asker: Asker, source: Incoming, text: str) -> Job:
        """Post a picture that the asker brings along, with the buttons of a single picture below it.

        Its words, which may be empty, are what is drawn around it, and in it.

        Raises: UserError, with the text in it.
        """
        try:
            prompt = parse(text) if text else UNTITLED
            (picture,) = await self._bring(asker, [source])
            if isinstance(picture, ImageRef):
                raise Impossible(
                    say("This picture was drawn here: press the buttons below it, or /show brings it back.")
                )
            shown = await self._uploads.image(picture)
            order = bring.order(
                picture, Canvas(width=shown.width, height=shown.height), prompt, await self._recipes_at(asker)
            )
            return await self._jobs.draw(asker, order)
        except UserError as error:
            error.prompt = text
            raise

    async def press(self, asker: Asker, press: Press) -> Job:
        """Do what a button under a picture says.

        Raises: UserError.
        """
        return await self._jobs.draw(asker, await self._pressed(asker, press))

    async def again(self, asker: Asker, job_id: int) -> Job:
        """Draw one of the asker's own prompts once more, with a new seed.

        Raises: UserError.
        """
        job = await self._own_prompt(asker, job_id)
        order = hurried(again.order(job, await self._recipes_at(asker)), await self._preferences_of(asker))
        return await self._jobs.draw(asker, order)

    async def without_suffix(self, asker: Asker, job_id: int) -> Job:
        """Draw what the asker typed, with all that it stood for, without their suffix. The first job.

        Raises: UserError.
        """
        job = await self._own_prompt(asker, job_id)
        preferences = replace(await self._preferences_of(asker), suffix="")
        batch = sorted([job, *await self._jobs.list_siblings(job)], key=lambda one: one.ordinal)
        typed = [one.recipe.typed or one.prompt for one in batch]
        orders = [order for text in typed for order in await self._read_text(asker, text, preferences)]
        numbered = [
            replace(order, ordinal=number, batch_size=len(orders)) for number, order in enumerate(orders)
        ]
        return (await self._jobs.submit(asker, numbered))[0]

    async def change(self, asker: Asker, press: Press, change: Change) -> Job:
        """The same with words, a seed or an area of its own.

        Raises: UserError.
        """
        parent = await get_parent(self._database, asker, press)
        if press.kind in edit.KINDS:
            order = edit.order(parent, press, await self._recipes_at(asker), change)
        elif press.kind in upscale.KINDS:
            order = upscale.order(parent, press, await self._recipes_at(asker), factor=round(change.factor))
        else:
            order = BUILDERS[press.kind](parent, press, await self._recipes_at(asker))
        order = change.applied_to(order, await self._recipes_at(asker))
        order = hurried(order, await self._preferences_of(asker))
        return await self._jobs.draw(asker, order)

    async def steer(self, asker: Asker, picture: Image.Image, asked: Steer) -> Job:
        """Draw four pictures of a prompt that follow a map, or what is to be seen in a picture.

        Raises: UserError.
        """
        shape = Canvas(width=picture.width, height=picture.height)
        order = steer.order(asked, shape, await self._recipes_at(asker))
        order = hurried(order, await self._preferences_of(asker))
        if asked.is_picture:
            picture = await asyncio.to_thread(made_from, picture, asked.kind, order.recipe.canvas)
        keeper = replace(asker, source=uuid4().hex)  # the map is a job of its own
        kept = await self._imports.add(keeper, [picture], "")
        return await self._jobs.draw(asker, steer.with_map(order, asked, ImageRef(job_id=kept.id, index=0)))

    async def release(self, asker: Asker, key: int | str) -> Job:
        """Submit an order that was kept: through all gates again, at today's price. The first job of it.

        However often it is pressed, it makes its jobs once.

        Raises: UserError; NotFound, where nothing of the asker is kept under this id (or, of old, source).
        """
        kept = await self._kept.get(asker, key)
        asker = replace(asker, source=kept.source)
        try:
            orders = await self._read(asker, kept.order)
            if kept.why is Waits.WORDS:
                orders = [replace(order, is_confirmed=True) for order in orders]
            job, *_ = await self._jobs.submit(asker, orders)
        except UserError as error:
            error.prompt = kept.typed
            raise
        with passing_over_outages("forgetting a kept order"):  # pressed again, it is the same job
            await self._kept.delete(kept)
        return job

    async def allowed(self, asker: Asker, values: Mapping[str, Any], pardons: Sequence[Pardon]) -> Job:
        """Submit what moderators allowed of a refused request. The first job of it.

        Raises: UserError.
        """
        orders = await self._read(asker, values)
        try:
            allowed = [replace(order, pardons=tuple(pardons)) for order in orders]
            return (await self._jobs.submit(asker, allowed))[0]
        except UserError as error:
            error.prompt = str(values.get("text", ""))
            raise

    async def _bring(self, asker: Asker, sources: Sequence[Incoming]) -> list[Picture]:
        """Pictures that the asker brings along or names, fetched and kept, or none of them is of use.

        Raises: UserError with all that cannot be had.
        """
        brought = await asyncio.gather(
            *(self._uploads.take(asker, source) for source in sources), return_exceptions=True
        )
        wrong = [one for one in brought if isinstance(one, BaseException)]
        if wrong:
            raise _together(wrong)
        return [one for one in brought if not isinstance(one, BaseException)]

    async def _read_text(self, asker: Asker, text: str, preferences: Preferences) -> list[Order]:
        """The orders of a typed text, with its pictures fetched and kept.

        Raises: PromptError.
        """
        prompts = parse_all(text)
        found = await self._find(asker, prompts, preferences)
        return imagine.orders(text, prompts, found, await self._recipes_at(asker), preferences)

    async def _find(
        self, asker: Asker, prompts: Sequence[Prompt], preferences: Preferences
    ) -> dict[str, Picture]:
        """The pictures of prompts by their links: each is fetched once, before anything is charged.

        Raises: PromptError with all that cannot be had, and the prompt without them; others are kept by now.
        """
        links = pictures.links(applied(prompt, preferences) for prompt in prompts)
        if len(links) > MOST_PICTURES:
            raise PromptError(
                say(
                    "This names {count} pictures; at once there may be {limit}. Leave some out.",
                    count=len(links),
                    limit=MOST_PICTURES,
                )
            )
        brought = await asyncio.gather(
            *(self._uploads.resolve(asker, link) for link in links), return_exceptions=True
        )
        lost = {link: one for link, one in zip(links, brought, strict=True) if isinstance(one, BaseException)}
        found = {
            link: one for link, one in zip(links, brought, strict=True) if not isinstance(one, BaseException)
        }
        if lost:
            raise _lost(lost, [pictures.lasting(prompt, found) for prompt in prompts])
        return found

    async def _recipes_at(self, asker: Asker) -> Recipes:
        """How recipes are made where the asker is: with the models that may be used there."""
        return self._recipes.within(await self._studios.of(asker))

    async def _preferences_of(self, asker: Asker) -> Preferences:
        """The asker's own settings, less a model that may not be used where they are, or not any more."""
        preferences = await self._preferences.get(asker)
        if preferences.model is None or (await self._recipes_at(asker)).has_model(preferences.model):
            return preferences
        return replace(preferences, model=None)

    async def _pressed(self, asker: Asker, press: Press) -> Order:
        if press.kind not in BUILDERS:
            raise unknown()
        parent = await get_parent(self._database, asker, press)
        preferences = await self._preferences_of(asker)
        press = vary.preferred(press, parent, preferences)
        return hurried(BUILDERS[press.kind](parent, press, await self._recipes_at(asker)), preferences)

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
            recipes = await self._recipes_at(asker)
            return [replace(order, recipe=recipes.current(order.recipe))]
        if values.get("parent") is None:
            pardons = tuple(map(Pardon.from_json, values.get("pardons") or ()))
            orders = await self._read_text(asker, values["text"], await self._preferences_of(asker))
            return [replace(order, pardons=pardons) for order in orders]
        image = ImageRef(**values["parent"])
        press = Press(
            kind=JobKind(values["kind"]),
            job_id=image.job_id,
            index=image.index,
            reply_to=values.get("reply_to"),
        )
        return [await self._pressed(asker, press)]

    async def _asking(self, asker: Asker, orders: Sequence[Order]) -> UserError:
        """The question whether so many are meant, with its button.

        What the one rule refuses that nobody can switch off is refused for that, and nothing of it is kept.
        """
        for order in orders:
            judge(order)
        charge = self._jobs.price(orders)
        question = Unconfirmed(
            say(
                "This makes {count} prompts: {images} pictures, about {time} of drawing. Are they meant?",
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
            return self._priced(error)
        if error.fixed is None and error.without is None:
            return error
        verdict = check_text(text)
        if verdict.sentence is not None:
            return PromptRefused(verdict.sentence)
        if isinstance(error, SuffixMisfit):
            preferences = replace(preferences, suffix="")
        for why, mended in ((Waits.FIX, error.fixed), (Waits.WITHOUT, error.without)):
            with suppress(PromptError):  # it names what this server does not have
                await self._offer(asker, error, why, mended, partial(read, preferences=preferences))
        return error

    def _priced(self, error: TooManyPrompts) -> UserError:
        """The refusal of too many prompts, with what they would have cost: that of the first, so often."""
        with suppress(UserError):  # what one of them costs is not known where it cannot be read
            recipe = self._recipes.new(parse(error.one))
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
        why: Waits,
        mended: str | None,
        read: Callable[[str], Awaitable[list[Order]]],
    ) -> None:
        """Keep a prompt that was mended, and give its refusal the button for it."""
        if mended is None:
            return
        order, *others = await read(mended)
        if not others:  # each of the two is a job of its own, whichever is pressed
            order = replace(order, ordinal=len(error.steps))
        if not (others and error.steps):
            await self._kept.keep(asker, order, error, Keep(why=why))


def _together(errors: Sequence[BaseException]) -> BaseException:
    """What was wrong with several pictures, as one refusal; what is no refusal comes first."""
    refusals = [error for error in errors if isinstance(error, UserError)]
    if len(refusals) < len(errors):
        return next(error for error in errors if not isinstance(error, UserError))
    sentences = dict.fromkeys(sentence for error in refusals for sentence in error.sentences)
    return refusals[0] if len(errors) == 1 else Unusable(*sentences)


def _lost(lost: Mapping[str, BaseException], prompts: Sequence[Prompt]) -> BaseException:
    """What is said of pictures that cannot be had, with the prompt less these."""
    error = _together(list(lost.values()))
    if not isinstance(error, UserError):
        return error
    refusal = PromptError(*error.sentences)
    left = [pictures.without(prompt, lost) for prompt in prompts]
    if all(pictures.has_text(prompt) or len(prompt.images) > 1 for prompt in left):
        refusal.without = joined([*dict.fromkeys(map(str, left))])
    return refusal
