"""Pictures that members bring along: fetched and cleaned, judged by their guild's rule, kept by content."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import RULE, Deed
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.guild import GuildSettings
from bot.domain.image_filter import THRESHOLD, ImageFilter, outcome
from bot.domain.job import Job, may_be_pressed
from bot.domain.recipe import ImageRef, Picture, UploadRef
from bot.domain.sentences import say
from bot.domain.uploads import (
    MOST_BYTES,
    MOST_KEPT_BYTES,
    Attachment,
    Bytes,
    Grid,
    Incoming,
    Link,
    Unusable,
    Upload,
    check_may_bring,
    check_room,
    gone,
    megabytes,
    named,
    unknown,
)
from bot.imaging.classify import Classify
from bot.imaging.clean import Cleaned, clean
from bot.imaging.fetch import Fetcher, too_large
from bot.services.allowances import charged_guild
from bot.services.clock import Clock, utc_now
from bot.services.guilds import moderated_guild
from bot.storage import audit, guilds, rules
from bot.storage import jobs as jobs_table
from bot.storage import uploads as uploads_table
from bot.storage.database import Database
from bot.storage.uploads import UploadFiles

SHOWN_SIDE = 768
FETCHED_AT_ONCE = 8
CLEANED_AT_ONCE = 2

Sees = Callable[[int], bool]
"""Whether the asker can read a channel, by its id."""


def nowhere_else(channel_id: int) -> bool:
    """Of somebody who is only known to read the channel that they ask in."""
    del channel_id
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A picture that somebody brought along, as those see it who judge it."""

    upload: Upload
    picture: Image.Image
    is_owner: bool
    """Whether the asker runs this bot."""

    @property
    def is_explicit(self) -> bool:
        """Whether it looks like nudity."""
        return (self.upload.score or 0.0) >= THRESHOLD

    def encode(self) -> bytes:
        """A WebP small enough to be looked at. Blocking."""
        small = self.picture.copy()
        small.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
        out = BytesIO()
        small.save(out, format="WEBP", quality=80)
        return out.getvalue()


class Uploads:
    """Takes pictures in, and finds those that were named. Nothing is charged.

    A file and its rows come and go together: whoever writes or deletes files holds the lock.
    """

    def __init__(
        self,
        database: Database,
        files: UploadFiles,
        fetcher: Fetcher,
        classify: Classify | None = None,
        *,
        days: int = 30,
        owners: Collection[int] = (),
        allows_nsfw: bool = False,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._files = files
        self._fetcher = fetcher
        self._classify = classify
        self._days = days
        self._owners = frozenset(owners)
        self._allows_nsfw = allows_nsfw
        self._now = now
        self._fetching = asyncio.Semaphore(FETCHED_AT_ONCE)
        self._cleaning = asyncio.Semaphore(CLEANED_AT_ONCE)
        self._lock = asyncio.Lock()

    async def bring(self, asker: Asker, source: Incoming) -> UploadRef:
        """Take a picture in for the asker, in the guild that they ask in. Brought again, it is the same.

        Raises: NotAllowed, Unusable.
        """
        async with self._database.reading() as session:
            guild_id = await charged_guild(session, asker)
            settings = await guilds.get_settings(session, guild_id)
            await _check_may_bring(
                session, asker, settings, guild_id=guild_id, is_link=isinstance(source, Link)
            )
        data = await self._fetched(source)
        async with self._cleaning:
            cleaned = await asyncio.to_thread(clean, data)
        score = await self._score(asker, cleaned.picture, settings)
        await self._check_welcome(asker, cleaned, score, guild_id=guild_id, settings=settings)
        return (await self._kept(asker, cleaned, score, guild_id=guild_id)).ref

    async def take(self, asker: Asker, source: Incoming) -> Picture:
        """The picture that a member brings along, or names.

        Raises: Unreadable, NotAllowed, NotFound, Unusable.
        """
        if isinstance(source, Link):
            return await self.resolve(asker, source.url)
        return await self.bring(asker, source)

    async def bring_posted(self, asker: Asker, source: Attachment, *, is_own: bool) -> UploadRef:
        """Take in a picture that was posted in Discord: somebody else's where the guild shares pictures.

        Raises: NotAllowed, Unusable.
        """
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, await charged_guild(session, asker))
        if not is_own and not settings.shares_pictures:
            raise own_only()
        return await self.bring(asker, source)

    async def resolve(self, asker: Asker, link: str, *, sees: Sees = nowhere_else) -> Picture:
        """The picture that a member names: `picture:12.3`, `upload:7`, or a link, which is fetched.

        Somebody else's is theirs to use where their guild shares pictures and they can read its channel:
        the one that they ask in, or one that `sees` says so of.

        Raises: Unreadable, NotAllowed, NotFound, Unusable.
        """
        match named(link):
            case Link() as found:
                return await self.bring(asker, found)
            case UploadRef() as ref:
                return await self._own(asker, ref)
            case ImageRef() as image:
                await self._check_tile(asker, image.job_id, image.index, sees)
                return image
            case Grid(job_id=job_id):
                return await self._check_tile(asker, job_id, None, sees)

    async def image(self, ref: UploadRef) -> Image.Image:
        """A picture that was brought along, in RGB.

        Raises: NotFound, where it is gone.
        """
        async with self._database.reading() as session:
            upload = await uploads_table.get(session, ref.upload_id)
        picture = None if upload is None else await asyncio.to_thread(self._files.get, upload.digest)
        if picture is None:
            raise gone()
        return picture

    async def must_be_hidden(self, asker: Asker, ref: UploadRef) -> bool:
        """Whether a picture that was brought along is shown behind a spoiler only, where the asker asks."""
        async with self._database.reading() as session:
            upload = await uploads_table.get(session, ref.upload_id)
            settings = await guilds.get_settings(session, 0 if upload is None else upload.guild_id)
        if upload is None or upload.score is None or self._is_welcome(asker, settings):
            return False
        return outcome(upload.score, ImageFilter(settings.image_filter)) is not ImageFilter.OFF

    async def forget(self, asker: Asker) -> int:
        """Delete everything that the asker brought along, in every guild; how many pictures."""
        async with self._database.transaction() as session:
            deleted = await uploads_table.delete_of_member(session, asker.user_id)
        await self.sweep_files()
        return len(deleted)

    async def look(self, asker: Asker, upload_id: int) -> Seen:
        """A picture that was brought to the guild that the asker moderates; of any, for an owner.

        Raises: NotAllowed, NotFound.
        """
        async with self._database.reading() as session:
            upload = await self._judged(session, asker, upload_id)
        return Seen(upload=upload, picture=await self.image(upload.ref), is_owner=self._is_owner(asker))

    async def remove(self, asker: Asker, upload_id: int, *, is_everywhere: bool = False) -> Upload:
        """Take a picture away that somebody brought along, from all who brought it to this guild; or, as an
        owner, from all guilds. Nobody brings it there again, and what was made from it cannot be made again.

        Raises: NotAllowed, NotFound.
        """
        async with self._database.transaction() as session:
            upload = await self._judged(session, asker, upload_id)
            if is_everywhere and not self._is_owner(asker):
                raise NotAllowed(say("Only whoever runs this bot may do this (the setting OWNERS)."))
            place = uploads_table.EVERYWHERE if is_everywhere else upload.guild_id
            await uploads_table.delete_everywhere(session, upload.digest, guild_id=place)
            await uploads_table.add_ban(session, upload.digest, guild_id=place, now=self._now())
            await audit.note(
                session,
                upload.guild_id,
                asker.user_id,
                Deed.UPLOAD_REMOVED,
                target_id=upload.user_id,
                now=self._now(),
                upload=upload.id,
                is_everywhere=is_everywhere or None,
            )
        await self.sweep_files()
        return upload

    def _is_owner(self, asker: Asker) -> bool:
        return asker.user_id in self._owners

    async def _judged(self, session: AsyncSession, asker: Asker, upload_id: int) -> Upload:
        """A picture that the asker may judge. Raises: NotAllowed, NotFound."""
        upload = await uploads_table.get(session, upload_id)
        if self._is_owner(asker):
            guild_id = None if upload is None else upload.guild_id
        else:
            guild_id, _ = await moderated_guild(session, asker)
        if upload is None or upload.guild_id != guild_id:
            raise NotFound(
                say("There is no picture `upload:{number}` in this server, or it is gone.", number=upload_id)
            )
        return upload

    async def sweep(self) -> int:
        """Delete what nobody has used for `days`, and files that no row is about. Returns how many files."""
        if self._days:
            async with self._database.transaction() as session:
                before = self._now() - timedelta(days=self._days)
                await uploads_table.delete_unused(session, before=before)
        return await self.sweep_files()

    async def sweep_files(self) -> int:
        """Delete the files that no row is about any more; returns how many."""
        async with self._lock:
            there = await asyncio.to_thread(self._files.list_digests)
            async with self._database.reading() as session:
                needless = there - await uploads_table.list_digests(session) if there else set[str]()
            await asyncio.to_thread(self._files.delete, needless)
        return len(needless)

    async def _fetched(self, source: Incoming) -> bytes:
        if isinstance(source, Bytes):
            return source.data
        if isinstance(source, Attachment) and source.size > MOST_BYTES:
            raise too_large()
        async with self._fetching:
            return await self._fetcher.fetch(source.url)

    async def _score(self, asker: Asker, picture: Image.Image, settings: GuildSettings) -> float | None:
        """How much it looks like nudity, where the guild wants to know."""
        is_off = settings.image_filter == ImageFilter.OFF
        if self._classify is None or is_off or self._is_welcome(asker, settings):
            return None
        return await asyncio.to_thread(self._classify, [picture])

    def _is_welcome(self, asker: Asker, settings: GuildSettings) -> bool:
        """Whether nudity is allowed where the asker asks."""
        return asker.is_age_restricted and settings.is_nsfw_allowed and self._allows_nsfw

    async def _check_welcome(
        self, asker: Asker, cleaned: Cleaned, score: float | None, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Raises: NotAllowed, where the guild's filter or its moderators do not want this picture."""
        async with self._database.reading() as session:
            is_banned = await uploads_table.is_banned(session, cleaned.digest, guild_id=guild_id)
        if is_banned:
            raise NotAllowed(say("A moderator has removed this picture here: it cannot be brought again."))
        if score is not None:
            await self._check_filter(asker, score, guild_id=guild_id, settings=settings)

    async def _check_filter(
        self, asker: Asker, score: float, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """What a guild's filter lets pass; moderators find in the audit what it found. Raises: NotAllowed."""
        verdict = outcome(score, ImageFilter(settings.image_filter))
        if verdict in {ImageFilter.BLOCK, ImageFilter.MODERATORS}:
            is_kept_back = verdict is ImageFilter.BLOCK
            action = Deed.UPLOAD_WITHHELD if is_kept_back else Deed.UPLOAD_REPORTED
            async with self._database.transaction() as session:
                await audit.note(
                    session,
                    guild_id,
                    RULE,
                    action,
                    target_id=asker.user_id,
                    now=self._now(),
                    score=round(score, 2),
                )
        if verdict is ImageFilter.BLOCK:
            raise NotAllowed(
                say(
                    "This server's image filter takes this picture for nudity, and I do not draw from it. If "
                    "that is wrong, tell the moderators."
                )
            )

    async def _kept(self, asker: Asker, cleaned: Cleaned, score: float | None, *, guild_id: int) -> Upload:
        async with self._lock:
            await asyncio.to_thread(self._files.add, cleaned.digest, cleaned.data)
            async with self._database.transaction() as session:
                key = {"guild_id": guild_id, "user_id": asker.user_id}
                known = await uploads_table.get_own(session, **key, digest=cleaned.digest)
                taken = await uploads_table.sum_bytes(session, asker.user_id)
                if known is None and taken + len(cleaned.data) > MOST_KEPT_BYTES:
                    raise self._full()
                return await uploads_table.add(
                    session,
                    **key,
                    digest=cleaned.digest,
                    size=cleaned.picture.size,
                    num_bytes=len(cleaned.data),
                    score=score,
                    now=self._now(),
                )

    def _full(self) -> Unusable:
        room = say("/forget pictures deletes them all.")
        most = megabytes(MOST_KEPT_BYTES)
        if not self._days:
            return Unusable(
                say("The pictures that you brought take {most}, the most that I keep.", most=most), room
            )
        return Unusable(
            say(
                "The pictures that you brought take {most}, the most that I keep. They go by themselves when "
                "you have not used them for {days} days.",
                most=most,
                days=self._days,
            ),
            room,
        )

    async def _own(self, asker: Asker, ref: UploadRef) -> UploadRef:
        """What the asker brought before, if they may still draw from it. Raises: NotFound, NotAllowed."""
        async with self._database.reading() as session:
            upload = await uploads_table.get(session, ref.upload_id)
            guild_id = await charged_guild(session, asker)
            if upload is None or (upload.guild_id, upload.user_id) != (guild_id, asker.user_id):
                raise unknown()
            settings = await guilds.get_settings(session, guild_id)
            await _check_may_bring(session, asker, settings, guild_id=guild_id)
        score = upload.score
        if score is None:  # their guild may look at pictures only since then
            score = await self._score(asker, await self.image(ref), settings)
        if score is not None and not self._is_welcome(asker, settings):
            await self._check_filter(asker, score, guild_id=guild_id, settings=settings)
        return ref

    async def _check_tile(self, asker: Asker, job_id: int, index: int | None, sees: Sees) -> ImageRef:
        """A tile that the asker may draw from. Raises: NotFound, NotAllowed."""
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
            if job is None or not _may_be_seen(job, asker, sees) or not job.status.has_pictures:
                raise NotFound(
                    say("I know no picture {number} that you could use here.", number=f"`picture:{job_id}`")
                )
            settings = await guilds.get_settings(session, job.guild_id)
        if job.user_id != asker.user_id and not settings.shares_pictures:
            raise own_only()
        if job.is_age_restricted and not asker.is_age_restricted and asker.guild_id is not None:
            raise NotAllowed(say("That picture belongs into an age-restricted room: use it there."))
        return _place(job, index)


def own_only() -> NotAllowed:
    """The refusal of somebody else's picture."""
    return NotAllowed(say("In this server everybody draws from their own pictures only."))


def _may_be_seen(job: Job, asker: Asker, sees: Sees) -> bool:
    if job.user_id == asker.user_id:
        return asker.guild_id in {None, job.guild_id}
    return may_be_pressed(job, asker) and (job.channel_id == asker.channel_id or sees(job.channel_id))


def _place(job: Job, index: int | None) -> ImageRef:
    """One picture of a job. Raises: NotFound, where it is not said which, or there is none."""
    count = job.recipe.num_images
    if index is None and count == 1:
        return ImageRef(job_id=job.id, index=0)
    if index is None or index >= count:
        raise NotFound(
            say(
                "`picture:{job}` has {count} pictures: write `picture:{job}.1` for the first of them.",
                job=job.id,
                count=count,
            )
        )
    return ImageRef(job_id=job.id, index=index)


async def _check_may_bring(
    session: AsyncSession, asker: Asker, settings: GuildSettings, *, guild_id: int, is_link: bool = False
) -> None:
    check_may_bring(asker, settings, is_link=is_link)
    await check_room_takes_pictures(session, asker, guild_id=guild_id)


async def check_room_takes_pictures(session: AsyncSession, asker: Asker, *, guild_id: int) -> None:
    """Raises: NotAllowed, in a room that is for words alone."""
    policy = await rules.get_policy(
        session, guild_id=guild_id, channel_id=asker.channel_id, parent_id=asker.parent_channel_id
    )
    check_room(policy)
