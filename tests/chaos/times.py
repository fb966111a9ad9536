"""Bars about clocks that jump."""

from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.bars import BOTH, Found, bar
from tests.chaos.ground import Ground, Town
from tests.wire.conftest import opened_nursery

HOUR = 3600.0
ZONE = "Europe/Berlin"
CHANGES = (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC))
"""When that zone's clocks go forward, and when they go back."""
BEFORE_SECONDS = 3.0


@bar(
    "The clock jumps an hour forward and back while jobs run, and over both changes of summer time",
    databases=BOTH,
    seconds=240,
)
async def jumping_clock(ground: Ground) -> Found:
    """As after a suspend, a wrong battery, a time server's correction; then a restart in the other time."""
    async with opened_nursery("tests.chaos.shifted") as nursery, ground.folder() as folder:
        late = folder / "late"
        async with ground.town(nursery, TZ=ZONE, SHIFTED_CLOCK=str(late)) as town:
            for seconds in (HOUR, 0.0, -HOUR, 0.0):
                await jump(town, late, seconds)
            for change in CHANGES:
                now = datetime.now(UTC)
                ahead = (change - now).total_seconds() - BEFORE_SECONDS
                town.discord.clock.advance(ahead - town.discord.clock.elapsed)
                await jump(town, late, ahead)
            await town.bot.stop()
            await town.bot.start()
            await town.ask(2)
            told = await town.told()
            tracebacks = town.bot.log.count("Traceback")
    figure = f"{told}; {tracebacks} tracebacks"
    return Found(figure=figure, is_met=told.is_clean and not told.failed and not tracebacks)


async def jump(town: Town, late: Path, seconds: float) -> None:
    """Ask for some, let the clock jump while they are drawn, and ask for more."""
    for call in await town.ask(4, more="--steps 60"):
        await call.acknowledged()
    aside = late.with_suffix(".new")
    aside.write_text(str(seconds))
    aside.replace(late)
    for call in await town.ask(2):
        await call.acknowledged()
    await town.settled()
