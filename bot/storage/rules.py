"""Queries on guilds' rules, and what rooms ask for."""

from datetime import datetime
from functools import partial

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.rules import ANYTHING_GOES, GuildRule, Place, RoomPolicy, Weight
from bot.storage.models import RoomPolicyRow, RuleRow
from bot.storage.remembered import changing, remembered


async def list_rules(session: AsyncSession, *, guild_id: int) -> tuple[GuildRule, ...]:
    """A guild's rules, by phrase."""
    query = select(RuleRow).filter_by(guild_id=guild_id).order_by(RuleRow.phrase)
    return tuple(map(_rule, await session.scalars(query)))


async def recall_rules(session: AsyncSession, *, guild_id: int) -> tuple[GuildRule, ...]:
    """The same from memory."""
    return await remembered(session, "rules", guild_id, partial(list_rules, session, guild_id=guild_id))


async def count_rules(session: AsyncSession, *, guild_id: int) -> int:
    """How many rules a guild has."""
    return (
        await session.execute(select(func.count(RuleRow.id)).where(RuleRow.guild_id == guild_id))
    ).scalar_one()


async def update_rule(
    session: AsyncSession, *, guild_id: int, phrase: str, weight: Weight, place: Place, now: datetime
) -> None:
    """Set what a phrase costs in a guild, whether it had a rule or not."""
    changing(session)
    values = {"weight": weight, "place": place}
    statement = update(RuleRow).filter_by(guild_id=guild_id, phrase=phrase).values(**values)
    if await session.scalar(statement.returning(RuleRow.id)) is None:
        await session.execute(
            insert(RuleRow).values(guild_id=guild_id, phrase=phrase, created_at=now, **values)
        )


async def delete_rule(session: AsyncSession, *, guild_id: int, phrase: str) -> bool:
    """Forget a phrase; False if the guild had no such rule."""
    changing(session)
    statement = delete(RuleRow).filter_by(guild_id=guild_id, phrase=phrase).returning(RuleRow.id)
    return await session.scalar(statement) is not None


async def get_policy(
    session: AsyncSession, *, guild_id: int, channel_id: int, parent_id: int | None = None
) -> RoomPolicy:
    """What a room asks for; a thread without a policy of its own has its channel's."""
    for room_id in (channel_id, parent_id):
        if room_id is not None:
            row = await session.get(RoomPolicyRow, (guild_id, room_id), populate_existing=True)
            if row is not None:
                return RoomPolicy.from_json(row.policy)
    return ANYTHING_GOES


async def recall_policy(
    session: AsyncSession, *, guild_id: int, channel_id: int, parent_id: int | None = None
) -> RoomPolicy:
    """The same from memory."""
    policies = await remembered(
        session, "policies", guild_id, partial(list_policies, session, guild_id=guild_id)
    )
    channels = policies.get(parent_id or channel_id, ANYTHING_GOES)
    return policies.get(channel_id, channels)


async def list_policies(session: AsyncSession, *, guild_id: int) -> dict[int, RoomPolicy]:
    """The rooms of a guild that ask for something, by channel."""
    query = select(RoomPolicyRow).filter_by(guild_id=guild_id).order_by(RoomPolicyRow.channel_id)
    return {row.channel_id: RoomPolicy.from_json(row.policy) for row in await session.scalars(query)}


async def update_policy(
    session: AsyncSession, *, guild_id: int, channel_id: int, policy: RoomPolicy, now: datetime
) -> None:
    """Replace what a room asks for; a room that asks for nothing has no row."""
    changing(session)
    await session.execute(delete(RoomPolicyRow).filter_by(guild_id=guild_id, channel_id=channel_id))
    if policy != ANYTHING_GOES:
        await session.execute(
            insert(RoomPolicyRow).values(
                guild_id=guild_id, channel_id=channel_id, policy=policy.to_json(), updated_at=now
            )
        )


def _rule(row: RuleRow) -> GuildRule:
    return GuildRule(
        id=row.id,
        guild_id=row.guild_id,
        phrase=row.phrase,
        weight=Weight(row.weight),
        place=Place(row.place),
    )
