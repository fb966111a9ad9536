"""What members ask for: draw, draw again, vary, pick a tile, cancel. All or nothing."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain import prompt as prompts
from bot.domain.asker import Asker
from bot.domain.charges import FREE, Charge
from bot.domain.errors import NotAllowed, NotFound, Unavailable
from bot.domain.guild import is_moderator
from bot.domain.job import Job, JobStatus, Speed, may_be_pressed
from bot.domain.kinds import JobKind
from bot.domain.moderation import check_text
from bot.domain.recipe import ImageRef, Recipe
from bot.domain.sentences import say
from bot.domain.size import AspectRatio, fit
from bot.services.allowances import Allowances
from bot.services.clock import Clock, utc_now
from bot.services.gates import Gate, Order, RefusedWithTrace
from bot.services.runs import Note, Runs
from bot.storage import audit, guilds, members
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from engine import api

NUM_IMAGES = 4
SQUARE = AspectRatio(width=1, height=1)
VARY_STRENGTH = 0.7
"""Share of the schedule a variation runs anew: enough to differ, not so much as to lose the picture."""


class Jobs:
    """The use cases of drawing. Each either happens whole or raises a UserError."""

    def __init__(
        self,
        database: Database,
        engine: api.Engine,
        runs: Runs,
        *,
        allowances: Allowances,
        gates: Sequence[Gate] = (),
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._engine = engine
        self._runs = runs
        self._allowances = allowances
        self._gates = gates
        self._now = now
        self._is_draining = False

    async def imagine(self, asker: Asker, text: str, *, is_confirmed: bool = False) -> Job:
        """Draw four pictures of a prompt; `is_confirmed` after the asker was asked whether they mean it."""
        prompt = prompts.parse(text)
        check_text(text).enforce()
        recipe = self._recipe(prompt)
        order = Order(
            kind=JobKind.IMAGINE,
            text=text,
            prompt=str(prompt),
            recipe=recipe,
            charge=self._charge(recipe),
            is_confirmed=is_confirmed,
        )
        return await self._submit(asker, order)

    async def reroll(self, asker: Asker, job_id: int, *, reply_to: int | None) -> Job:
        """The same recipe with a new seed."""
        parent = await self._pressed(asker, job_id)
        recipe = self._updated(parent.recipe)
        order = Order(
            kind=JobKind.REROLL,
            text=parent.prompt,
            prompt=parent.prompt,
            recipe=recipe,
            charge=self._charge(recipe),
            parent=ImageRef(job_id=parent.id, index=0),
            reply_to=reply_to,
        )
        return await self._submit(asker, order)

    async def vary(self, asker: Asker, job_id: int, index: int, *, reply_to: int | None) -> Job:
        """Four variations of one tile: image-to-image from its latents, with fresh seeds."""
        parent, image = await self._pressed_tile(asker, job_id, index)
        recipe = replace(
            self._updated(parent.recipe), num_images=NUM_IMAGES, start=image, strength=VARY_STRENGTH
        )
        order = Order(
            kind=JobKind.VARY,
            text=parent.prompt,
            prompt=parent.prompt,
            recipe=recipe,
            charge=self._charge(recipe),
            parent=image,
            reply_to=reply_to,
        )
        return await self._submit(asker, order)

    async def pick(self, asker: Asker, job_id: int, index: int, *, reply_to: int | None) -> Job:
        """One tile on its own. No device time, no charge: the job is RENDERED as it is made."""
        parent, image = await self._pressed_tile(asker, job_id, index)
        order = Order(
            kind=JobKind.PICK,
            text=parent.prompt,
            prompt=parent.prompt,
            recipe=replace(parent.recipe, seed=parent.recipe.seeds[index], num_images=1),
            charge=FREE,
            parent=image,
            reply_to=reply_to,
            status=JobStatus.RENDERED,
        )
        return await self._submit(asker, order)

    async def cancel(self, asker: Asker, job_id: int) -> None:
        """Stop a job that waits or runs, and refund it."""
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
            settings = await guilds.get_settings(session, asker.guild_id or 0)
        if job is None or not may_be_pressed(job, asker):
            raise NotFound(say("This job is not from here."))
        if job.user_id != asker.user_id and not is_moderator(asker, settings):
            raise NotAllowed(say("Only the member who asked for it, or a moderator, can cancel this."))
        if not await self._runs.cancel(job_id, note=self._note_cancel(asker, job)):
            raise NotFound(say("This job is over already: there is nothing left to cancel."))

    def _note_cancel(self, asker: Asker, job: Job) -> Note | None:
        """What a moderator does to somebody else's job goes to the audit log."""
        if asker.user_id == job.user_id:
            return None

        async def write(session: AsyncSession) -> None:
            await audit.add(
                session,
                guild_id=job.guild_id,
                actor_id=asker.user_id,
                action="cancel",
                target_id=job.user_id,
                reason="",
                details={"job": job.id},
                now=self._now(),
            )

        return write

    async def withdraw(self, job: Job) -> None:
        """Take back a job whose asker never got an answer: no picture, no charge."""
        await self._runs.cancel(job.id)

    def drain(self) -> None:
        """Accept nothing new; the process is about to end."""
        self._is_draining = True

    async def _pressed(self, asker: Asker, job_id: int) -> Job:
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
        if job is None or not may_be_pressed(job, asker):
            raise NotFound(say("I do not know this picture here. Draw a new one with /imagine."))
        if not job.status.has_pictures:
            raise NotFound(say("This picture was never finished. Draw it anew with /imagine."))
        return job

    async def _pressed_tile(self, asker: Asker, job_id: int, index: int) -> tuple[Job, ImageRef]:
        job = await self._pressed(asker, job_id)
        if not 0 <= index < job.recipe.num_images:
            raise NotFound(say("There is no such picture in this grid."))
        return job, ImageRef(job_id=job.id, index=index)

    async def _submit(self, asker: Asker, order: Order) -> Job:
        """Submit an order; what a refusal leaves behind is written once the order is rolled back."""
        try:
            return await self._submit_whole(asker, order)
        except RefusedWithTrace as refused:
            async with self._database.transaction() as session:
                refusal = await refused.write(session)
            raise refusal from None

    async def _submit_whole(self, asker: Asker, order: Order) -> Job:
        """Reserve and insert, or neither; a request that was submitted before gives the same job."""
        if self._is_draining:
            raise Unavailable(say("I am restarting. Try again in a minute; nothing was charged."))
        now = self._now()
        async with self._database.transaction() as session:
            guild_id = await self._charged_guild(session, asker)
            settings = await guilds.get_settings(session, guild_id)
            # First of all: the row of a member is a lock, so that their jobs pass the gates one by one.
            await members.update_last_used(
                session, guild_id=guild_id, user_id=asker.user_id, name=asker.name, now=now
            )
            for gate in self._gates:
                await gate.check(session, asker, order, guild_id=guild_id, settings=settings)
            account_id = await self._allowances.open_account(
                session, guild_id=guild_id, user_id=asker.user_id, settings=settings, now=now
            )
            draft = _draft(asker, order, guild_id=guild_id, now=now)
            job_id = await jobs_table.add(session, draft, account_id=account_id)
            if job_id is None:
                return await _get_replayed(session, asker)
            if not order.is_free:
                await self._allowances.reserve(
                    session,
                    account_id,
                    replace(draft, id=job_id),
                    role_ids=asker.role_ids,
                    settings=settings,
                    now=now,
                )
            if order.status is JobStatus.RENDERED:
                await jobs_table.add_outbox(session, job_id, now=now)
        job = replace(draft, id=job_id)
        if job.status is JobStatus.QUEUED:
            self._runs.start(job)
        return job

    async def _charged_guild(self, session: AsyncSession, asker: Asker) -> int:
        guild_id = asker.guild_id or await members.get_last_guild(session, asker.user_id)
        if guild_id is None:
            raise NotAllowed(
                say("Use me in a server once first: pictures drawn in direct messages count there.")
            )
        return guild_id

    def _recipe(self, prompt: prompts.Prompt) -> Recipe:
        model = self._engine.models()[0]
        parameters = prompt.parameters
        size = fit(
            parameters.aspect_ratio or SQUARE,
            native_size=model.native_size,
            size_multiple=model.size_multiple,
        )
        return Recipe(
            prompts=tuple((part.text, part.weight) for part in prompt.parts),
            negative_prompt=", ".join(parameters.negative),
            width=size.width,
            height=size.height,
            steps=parameters.steps or model.default_steps,
            guidance_scale=model.default_guidance_scale,
            sampler=model.default_sampler,
            seed=_new_seed() if parameters.seed is None else parameters.seed,
            num_images=NUM_IMAGES,
            model=model.name,
            model_hash=model.hash,
        )

    def _updated(self, recipe: Recipe) -> Recipe:
        """A parent's recipe for a child: with a new seed, and the weights as they are now."""
        model = self._model(recipe.model)
        return replace(recipe, seed=_new_seed(), model_hash=model.hash)

    def _charge(self, recipe: Recipe) -> Charge:
        seconds = self._model(recipe.model).estimate_seconds(
            width=recipe.width, height=recipe.height, steps=recipe.steps, num_images=recipe.num_images
        )
        return Charge(images=recipe.num_images, gpu_ms=max(1, round(seconds * 1000)))

    def _model(self, name: str) -> api.ModelInfo:
        for model in self._engine.models():
            if model.name == name:
                return model
        raise NotFound(
            say("The model that drew this (`{model}`) is not loaded any more. Draw it anew.", model=name)
        )


def _draft(asker: Asker, order: Order, *, guild_id: int, now: datetime) -> Job:
    return Job(
        id=0,
        kind=order.kind,
        status=order.status,
        source=asker.source,
        ordinal=0,
        attempt=0,
        guild_id=guild_id,
        channel_id=asker.channel_id,
        user_id=asker.user_id,
        is_direct_message=asker.guild_id is None,
        is_age_restricted=asker.is_age_restricted,
        prompt=order.prompt,
        recipe=order.recipe,
        speed=Speed.FAST,
        charge=order.charge,
        gpu_ms=None,
        parent=order.parent,
        reply_to=order.reply_to,
        message_id=None,
        result_message_id=None,
        failure=None,
        locale=asker.locale,
        created_at=now,
    )


async def _get_replayed(session: AsyncSession, asker: Asker) -> Job:
    job = await jobs_table.get_by_source(session, asker.source)
    if job is None or job.user_id != asker.user_id:
        raise NotFound(say("This request was answered before."))
    return job


def _new_seed() -> int:
    return random.getrandbits(32)
