"""Nothing that a moderator of one guild, a member without a role or a forger does reaches a guild's own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain.asker import Asker
from bot.domain.audit import AuditFilter
from bot.domain.errors import PromptRefused, UserError
from bot.domain.image_filter import ImageFilter
from bot.domain.job import JobStatus
from bot.domain.next_steps import AskModerators
from bot.domain.onboarding import TermsNotAccepted
from bot.domain.people import AppealStatus
from bot.domain.quota import Allowance, Unit
from bot.domain.rules import Place, Weight
from bot.domain.usage import By
from bot.messages.custom_ids import form
from bot.services import Services, build_services
from bot.services.quotas import Gift, Limits
from bot.storage.database import Database, owned_database
from bot.storage.models import Table
from bot.views.moderation_buttons import PRESSES, ModerationButton
from tests.bot.builders import picture_file
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, reroll, vary
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, change, delivered, now

LOST_ROLE = 7
BLOCKED = replace(ADA, user_id=102)
MEMBERS = (
    replace(ADA, user_id=103),
    replace(ADA, user_id=104, role_ids=(LOST_ROLE,)),  # was a moderators' role, and is none any more
    replace(ADA, user_id=105, role_ids=(1, 2, 3)),
)
FOREIGNERS = (
    OUTSIDER,
    replace(OUTSIDER, user_id=ADA.user_id),  # a member of both, who moderates the other one
    replace(OUTSIDER, is_manager=False, role_ids=(LOST_ROLE,)),
    replace(OUTSIDER, guild_id=None),  # in a direct message, whatever Discord says of rights there
)

GIFT = Gift(amount=1, unit=Unit.IMAGES, days=1, reason="x")
Deed = Callable[[Services, Asker, int], Awaitable[object]]

# On rows of the guild, by number: refused to everybody here.
BY_NUMBER: dict[str, Deed] = {
    "kept order": lambda s, a, n: s.orders.release(now(a), n),
    "acknowledge": lambda s, a, n: s.sanctions.acknowledge(a, n),
    "may appeal": lambda s, a, n: s.appeals.may_appeal(a, n),
    "appeal": lambda s, a, n: s.appeals.appeal(a, n, "let me in"),
    "may decide": lambda s, a, n: s.appeals.check(a, n),
    "accept": lambda s, a, n: s.appeals.decide(a, n, AppealStatus.ACCEPTED),
    "reject": lambda s, a, n: s.appeals.decide(a, n, AppealStatus.REJECTED),
    "ask for a prompt": lambda s, a, n: s.order_appeals.ask(a, n),
    "may decide a prompt": lambda s, a, n: s.order_appeals.check(a, n),
    "allow a prompt": lambda s, a, n: s.order_appeals.decide(a, n, AppealStatus.ACCEPTED),
    "refuse a prompt": lambda s, a, n: s.order_appeals.decide(a, n, AppealStatus.REJECTED),
    "read report": lambda s, a, n: s.reports.get(a, n),
    "dismiss": lambda s, a, n: s.reports.close(a, n, AppealStatus.REJECTED),
    "delete": lambda s, a, n: s.reports.delete_result(a, n),
    "queue cancel": lambda s, a, n: s.queue.cancel(a, n),
    "cancel": lambda s, a, n: s.jobs.cancel(a, n),
    "show": lambda s, a, n: s.gallery.show(a, n),
    "details of own": lambda s, a, n: s.shown.details_listed(a, n),
    "ask to delete": lambda s, a, n: s.taking_back.ask_about(a, n),
    "delete picture": lambda s, a, n: s.taking_back.delete(a, n),
    "hide": lambda s, a, n: s.taking_back.hide(a, n, is_hidden=True),
    "look at upload": lambda s, a, n: s.uploads.look(a, n),
    "remove upload": lambda s, a, n: s.uploads.remove(a, n),
    "erase upload": lambda s, a, n: s.uploads.remove(a, n, is_everywhere=True),
    "own upload": lambda s, a, n: s.uploads.resolve(a, f"upload:{n}"),
    "accept terms": lambda s, a, n: s.onboarding.accept(now(a), n, 1),
}
# What members of the guild may do, and foreigners may not.
BY_FOREIGNERS: dict[str, Deed] = {
    "tile": lambda s, a, n: s.uploads.resolve(a, f"picture:{n}.1"),
    "vary": lambda s, a, n: vary(s, now(a), n, 0, reply_to=None),
    "pick": lambda s, a, n: pick(s, now(a), n, 0, reply_to=None),
    "reroll": lambda s, a, n: reroll(s, now(a), n, reply_to=None),
    "details": lambda s, a, n: s.shown.details(a, 5000 + n % 3),
    "ask of a message": lambda s, a, n: s.taking_back.ask(a, 5000 + n % 3),
    "may report": lambda s, a, n: s.reports.check(a, 5000 + n % 3),
    "report": lambda s, a, n: s.reports.report(a, 5000 + n % 3, ""),
}
# On the guild as a whole: refused to its members; foreigners only reach their own guild.
AT_LARGE: dict[str, Deed] = {
    "rule add": lambda s, a, _: s.rules.add(a, "apple", Weight.HEAVY, Place.ANYWHERE),
    "rule remove": lambda s, a, _: s.rules.remove(a, "clown"),
    "rules": lambda s, a, _: s.rules.book(a),
    "judge": lambda s, a, _: s.rules.judge(a, "a clown"),
    "require": lambda s, a, _: s.rules.require(a, 10, [], 1),
    "room": lambda s, a, _: s.rules.room(a, 10, role_ids=(), models=()),
    "nsfw": lambda s, a, _: s.rules.set_nsfw(a, is_allowed=False),
    "block": lambda s, a, n: s.sanctions.block(a, 100 + n % 4, span="1h", reason="x"),
    "warn": lambda s, a, n: s.sanctions.warn(a, 100 + n % 4, reason="x"),
    "notice": lambda s, a, n: s.sanctions.notice(a, 100 + n % 4, text="x"),
    "unblock": lambda s, a, _: s.sanctions.unblock(a, BLOCKED.user_id, reason="x"),
    "history": lambda s, a, n: s.sanctions.history(a, 100 + n % 4),
    "ladder": lambda s, a, _: s.sanctions.set_ladder(a, "0"),
    "channel": lambda s, a, n: s.sanctions.set_channel(a, n),
    "appeals": lambda s, a, _: s.appeals.list_open(a, limit=5),
    "refused prompts": lambda s, a, _: s.order_appeals.list_open(a, limit=5),
    "reports": lambda s, a, _: s.reports.list_open(a, limit=5),
    "queue": lambda s, a, _: s.queue.show(a),
    "clear": lambda s, a, _: s.queue.clear(a, ADA.user_id),
    "clear all": lambda s, a, _: s.queue.clear(a, None),
    "pause": lambda s, a, _: s.queue.pause(a, is_paused=True),
    "audit": lambda s, a, n: s.audit.page(a, AuditFilter(user_id=100 + n % 4), 0),
    "export": lambda s, a, _: s.audit.list_all(a, AuditFilter()),
    "report block": lambda s, a, n: s.reports.block(a, n, span=None, reason="x"),
    "image filter": lambda s, a, _: s.safety.set_filter(a, ImageFilter.OFF),
    "balance": lambda s, a, n: s.quotas.balance_of(a, 100 + n % 4, ()),
    "allowances": lambda s, a, _: s.quotas.house(a),
    "allowance": lambda s, a, n: s.quotas.set_guild(a, Allowance(amount=n)),
    "trial": lambda s, a, _: s.quotas.set_trial(a, None),
    "role": lambda s, a, n: s.quotas.set_role(a, n, Allowance(amount=1)),
    "member": lambda s, a, n: s.quotas.set_member(a, 100 + n % 4, (), Allowance(amount=1), ""),
    "grant": lambda s, a, n: s.quotas.grant(a, 100 + n % 4, (), GIFT),
    "revoke": lambda s, a, n: s.quotas.revoke(a, 100 + n % 4, (), ""),
    "limits": lambda s, a, _: s.quotas.set_limits(a, Limits(max_running_jobs=1)),
    "reset": lambda s, a, n: s.quotas.reset(a, 100 + n % 4, (), ""),
    "usage": lambda s, a, _: s.usage.report(a, by=By.MEMBER, days=7),
    "leaderboard": lambda s, a, _: s.usage.leaderboard(a, days=7, limit=5),
    "digest": lambda s, a, n: s.usage.set_digest(a, n),
    "where digests go": lambda s, a, _: s.usage.digest(a),
    "settings": lambda s, a, _: s.guilds.moderated(a),
    "managed": lambda s, a, _: s.guilds.managed(a),
    "set": lambda s, a, _: s.guilds.set(a, {"terms": "Obey."}),
}
NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 10**18 - 1))


@dataclass(frozen=True)
class Guild:
    """A guild with something of every kind in it, and the loop it lives in."""

    runner: asyncio.Runner
    services: Services
    database: Database

    def attempt(self, deed: Deed, asker: Asker, number: int) -> object:
        """What comes of it; a refusal is a UserError."""
        return self.runner.run(_await(deed(self.services, asker, number)))

    def own(self) -> list[Any]:
        """Every row of guild 1, in all tables."""
        return self.runner.run(_rows(self.database))


async def _await(deed: Awaitable[object]) -> object:
    return await deed


async def _rows(database: Database) -> list[Any]:
    found: list[Any] = []
    async with database.reading() as session:
        for table in Table.metadata.sorted_tables:
            if "guild_id" in table.c:
                query = select(table).where(table.c.guild_id == 1)
                found += [(table.name, *row) for row in await session.execute(query)]
    return sorted(found, key=str)


async def _open(stack: AsyncExitStack, folder: Path) -> tuple[Services, Database]:
    database = await stack.enter_async_context(owned_database(f"sqlite+aiosqlite:///{folder}/d.db"))
    engine = HandEngine()
    services = build_services(database, engine, data_dir=folder, daily_images=1000, now=MovableClock())
    await delivered(services, ADA, 5000)
    await delivered(services, ADA, 5001)
    await services.uploads.bring(ADA, picture_file())
    await services.rules.add(MODERATOR, "clown", Weight.SOFT, Place.ANYWHERE)
    with pytest.raises(PromptRefused):
        await services.orders.imagine(now(ADA), "a clown")
    await services.rules.add(MODERATOR, "goblin", Weight.LIGHT, Place.ANYWHERE)
    with pytest.raises(PromptRefused) as refused:
        await services.orders.imagine(now(ADA), "a goblin")
    (step,) = refused.value.steps
    assert isinstance(step.action, AskModerators)
    await services.order_appeals.ask(ADA, step.action.kept_id)
    await services.rules.require(MODERATOR, 11, ["cat"], 1)
    block = await services.sanctions.block(MODERATOR, BLOCKED.user_id, span=None, reason="spam")
    await services.appeals.appeal(BLOCKED, block.id, "no")
    await services.sanctions.block(MODERATOR, 106, span=None, reason="spam")
    await services.sanctions.notice(MODERATOR, 107, text="hello")
    await services.reports.report(replace(ADA, user_id=108), 5000, "")
    await change(services, lambda settings: replace(settings, terms="Be kind.", terms_version=1))
    with pytest.raises(TermsNotAccepted):
        await services.orders.imagine(now(replace(ADA, user_id=109)), "a pear")
    await change(services, lambda settings: replace(settings, terms=""))
    engine.hold()
    engine.is_held.clear()
    await services.orders.imagine(now(ADA), "an apple")
    await engine.is_held.wait()
    return services, database


@pytest.fixture(scope="module")
def guild(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guild]:
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        services, database = runner.run(_open(stack, tmp_path_factory.mktemp("guild")))
        yield Guild(runner=runner, services=services, database=database)
        runner.run(services.runs.drain())
        runner.run(stack.aclose())


CASES = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_foreigners_and_forgers_are_refused_every_row(guild: Guild) -> None:
    before = guild.own()
    deeds = {**BY_NUMBER, **BY_FOREIGNERS}

    @CASES
    @given(st.sampled_from(FOREIGNERS), st.sampled_from(sorted(deeds)), NUMBERS)
    def attempt(asker: Asker, deed: str, number: int) -> None:
        with pytest.raises(UserError):
            guild.attempt(deeds[deed], asker, number)

    attempt()
    assert guild.own() == before


def test_members_without_a_role_and_those_who_lost_it_are_refused(guild: Guild) -> None:
    before = guild.own()
    deeds = {**BY_NUMBER, **AT_LARGE}

    @CASES
    @given(st.sampled_from(MEMBERS), st.sampled_from(sorted(deeds)), NUMBERS)
    def attempt(asker: Asker, deed: str, number: int) -> None:
        with pytest.raises(UserError):
            guild.attempt(deeds[deed], asker, number)

    attempt()
    assert guild.own() == before


def test_a_moderator_reaches_only_their_own_guild(guild: Guild) -> None:
    before = guild.own()

    @CASES
    @given(st.sampled_from(FOREIGNERS[:2]), st.sampled_from(sorted(AT_LARGE)), NUMBERS)
    def attempt(asker: Asker, deed: str, number: int) -> None:
        try:
            answer = str(guild.attempt(AT_LARGE[deed], asker, number % 1000))
        except UserError:
            return
        assert "clown" not in answer or deed == "judge"
        assert "guild_id=1," not in answer

    attempt()
    assert guild.own() == before


def test_the_jobs_of_the_guild_still_run(guild: Guild) -> None:
    jobs = guild.runner.run(guild.services.queue.show(MODERATOR)).jobs
    assert [job.status for job in jobs] == [JobStatus.RUNNING]


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=60), st.from_regex(r"[a-z]{4,7}:\d{1,30}:[a-z]{2,11}", fullmatch=True)))
def test_no_custom_id_is_read_as_more_than_a_key_that_fits(custom_id: str) -> None:
    template = ModerationButton.__discord_ui_compiled_template__
    if match := template.fullmatch(custom_id):
        assert 0 <= int(custom_id.split(":")[1]) < 10**18
        assert match.string == custom_id
    if about := form(custom_id):
        assert 0 <= about.number < 2**63
    if match := template.fullmatch(custom_id):
        assert isinstance(PRESSES.get((match["kind"], match["action"])), Callable | None)  # type: ignore[arg-type]
