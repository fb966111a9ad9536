"""A press under a picture, and the picture that it is under."""

from dataclasses import dataclass

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.job import Job, JobStatus, may_be_pressed
from bot.domain.kinds import JobKind, Origin, Outcome
from bot.domain.order import Order
from bot.domain.recipe import ImageRef, Recipe
from bot.domain.sentences import say
from bot.storage import guilds
from bot.storage import jobs as jobs_table
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button under a job's pictures, pressed."""

    kind: JobKind
    """What is asked for."""
    job_id: int
    index: int = 0
    """Of the tile."""
    how: str = ""
    """What the kind leaves open, in the button's word."""
    reply_to: int | None = None
    """The message that was pressed."""

    @property
    def image(self) -> ImageRef:
        """The tile that was pressed under; of a grid, its first."""
        return ImageRef(job_id=self.job_id, index=self.index)

    def tile(self, parent: Job) -> ImageRef:
        """The same where it was drawn: a picked tile is its grid's."""
        is_picked = parent.kind.traits.outcome is Outcome.TILE and parent.parent is not None
        return parent.parent if is_picked and parent.parent else self.image

    def order(self, parent: Job, recipe: Recipe) -> Order:
        """The order of this press with a recipe of its own."""
        return Order(
            kind=self.kind,
            text=parent.prompt,
            recipe=recipe,
            parent=self.tile(parent),
            reply_to=self.reply_to,
        )


def unknown() -> NotFound:
    """The refusal of a button that no version knows any more."""
    return NotFound(say("I do not know this button any more. Draw anew with /imagine."))


async def get_parent(database: Database, asker: Asker, press: Press) -> Job:
    """The job whose button was pressed, if it is there and the asker may press it.

    Raises: NotFound; NotAllowed, where the guild lets members press under their own pictures alone.
    """
    async with database.reading() as session:
        parent = await jobs_table.get(session, press.job_id)
        settings = await guilds.get_settings(session, asker.guild_id or 0)
    if parent is None or not may_be_pressed(parent, asker):
        raise NotFound(say("I do not know this picture here. Draw a new one with /imagine."))
    is_drawn_anew = press.kind is JobKind.REROLL and parent.status is JobStatus.FAILED
    if not parent.status.has_pictures and not is_drawn_anew:
        raise NotFound(say("This picture was never finished. Draw it anew with /imagine."))
    if press.kind.traits.origin is Origin.TILE and not 0 <= press.index < parent.recipe.num_images:
        raise NotFound(say("There is no such picture in this grid."))
    if parent.user_id != asker.user_id and not settings.others_may_press:
        raise NotAllowed(
            say(
                "On this server only the member who asked for a picture goes on from it. Draw one of your "
                "own with /imagine, and its buttons are yours."
            )
        )
    return parent
