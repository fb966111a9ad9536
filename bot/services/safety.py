"""Finished pictures before they are posted: what a guild's image filter makes of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import RULE, Deed
from bot.domain.guild import check_possible
from bot.domain.image_filter import ImageFilter, Withheld, outcome
from bot.domain.job import Job
from bot.domain.people import AppealStatus, Report
from bot.imaging.classify import Classify
from bot.services.clock import Clock, utc_now
from bot.services.guilds import locked_guild
from bot.services.removals import Removals
from bot.services.reports import ReportCase
from bot.storage import audit, guilds, reports
from bot.storage import pictures as pictures_table
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How a picture may be posted."""

    is_spoiler: bool = False
    reported: ReportCase | None = None
    """For the moderators, once."""


class Safety:
    """The image filter: off, and not to be switched on, where nothing can classify."""

    def __init__(
        self,
        database: Database,
        removals: Removals,
        classify: Classify | None,
        *,
        allows_nsfw: bool = False,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._allows_nsfw = allows_nsfw
        self._removals = removals
        self._classify = classify
        self._now = now

    async def set_filter(self, asker: Asker, chosen: ImageFilter) -> ImageFilter:
        """Change what happens to pictures that look like nudity in the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await locked_guild(session, asker, now=self._now())
            changed = replace(settings, image_filter=chosen.value)
            check_possible(settings, changed, can_classify=self._classify is not None)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await audit.note(
                session, guild_id, asker.user_id, Deed.IMAGE_FILTER, now=self._now(), filter=chosen.value
            )
        return chosen

    async def is_filtered(self, job: Job) -> bool:
        """Whether the job's pictures are looked at before anybody sees them: then there are no previews."""
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, job.guild_id)
        return self._classify is not None and settings.image_filter != ImageFilter.OFF

    async def judge(self, job: Job, tiles: Sequence[Image.Image], *, is_age_restricted: bool) -> Judgement:
        """How the pictures of a job may be posted in a channel. Asking again tells nobody again.

        Raises: Withheld.
        """
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, job.guild_id)
        is_welcome = is_age_restricted and settings.is_nsfw_allowed and self._allows_nsfw
        chosen = ImageFilter(settings.image_filter)
        if self._classify is None or chosen is ImageFilter.OFF or is_welcome:
            return Judgement()
        score = await asyncio.to_thread(self._classify, tiles)
        match outcome(score, chosen):
            case ImageFilter.OFF:
                return Judgement()
            case ImageFilter.SPOILER:
                async with self._database.transaction() as session:
                    await pictures_table.update_explicit(session, guild_id=job.guild_id, job_id=job.id)
                return Judgement(is_spoiler=True)
            case ImageFilter.MODERATORS:
                return Judgement(
                    is_spoiler=True, reported=await self._report(job, score, settings.moderators_channel_id)
                )
            case ImageFilter.BLOCK:
                await self._withhold(job, score)
                raise Withheld

    async def _report(self, job: Job, score: float, channel_id: int | None) -> ReportCase | None:
        now, reason = self._now(), f"image filter: {score:.2f}"
        async with self._database.transaction() as session:
            await pictures_table.update_explicit(session, guild_id=job.guild_id, job_id=job.id)
            report_id = await reports.add(
                session, guild_id=job.guild_id, job_id=job.id, reporter_id=RULE, reason=reason, now=now
            )
            if report_id is None:
                return None
            await self._note(session, job, Deed.IMAGE_REPORTED, score)
        report = Report(
            id=report_id,
            guild_id=job.guild_id,
            job_id=job.id,
            reason=reason,
            status=AppealStatus.OPEN,
            created_at=now,
        )
        return ReportCase(report=report, job=job, channel_id=channel_id)

    async def _withhold(self, job: Job, score: float) -> None:
        async with self._database.transaction() as session:
            if await pictures_table.update_deleted(session, guild_id=job.guild_id, job_id=job.id):
                await self._note(session, job, Deed.IMAGE_WITHHELD, score)
        await self._removals.sweep_files([job.id])

    async def _note(self, session: AsyncSession, job: Job, action: Deed, score: float) -> None:
        await audit.note(
            session,
            job.guild_id,
            RULE,
            action,
            target_id=job.user_id,
            now=self._now(),
            job=job.id,
            score=round(score, 2),
            inputs=job.inputs,
        )
