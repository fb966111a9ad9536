"""Every button and every form, pressed as Discord brings it, against real services."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.domain.audit import AuditFilter
from bot.domain.community import WebPages
from bot.domain.errors import UserError
from bot.domain.guild_options import ROWS
from bot.domain.kept import KeptOrder
from bot.domain.kinds import JobKind
from bot.domain.next_steps import AskModerators
from bot.domain.order import Order
from bot.domain.people import AppealStatus
from bot.domain.prompt import parse
from bot.domain.recipe import Start, UploadRef
from bot.domain.rules import Place, Weight
from bot.messages import custom_ids
from bot.messages.guild import DIGEST, PAGES
from bot.messages.manual import LABELS, Page
from bot.messages.payload import MAX_CONTENT
from bot.services import Services
from bot.services.orders import BUILDERS
from bot.services.recipes import Recipes
from bot.storage.database import Database
from bot.storage.models import JobRow
from bot.views.moderation_buttons import PRESSES
from bot.views.moderation_forms import SHEETS
from bot.views.setup_panel import CHOICES, FORMS
from tests.bot.builders import picture_file
from tests.bot.hand_engine import HandEngine
from tests.bot.outages import OUTAGES
from tests.bot.services.community import ADA, MODERATOR, actions, change, delivered, finished, now
from tests.bot.views.edge import CHANNELS, DESK, LIST, PRIVATE, ROLE, ROLES, Answer, Call, Edge, refusal

BOB = replace(ADA, user_id=101)
HUGE = 9999999999999999999
PRIMARY, SECONDARY, UPDATED = 1, 2, 7
"""The styles of buttons, and the kind of answer that changes the pressed message."""


async def kinds_in(database: Database) -> list[str]:
    """The kinds of all jobs, in order."""
    async with database.reading() as session:
        return list(await session.scalars(select(JobRow.kind).order_by(JobRow.id)))


async def refused_step(services: Services, prompt: str = "a red apple") -> str:
    """The button below the refusal of Ada's prompt."""
    with pytest.raises(UserError) as refusal:
        await services.orders.imagine(now(ADA), prompt)
    (step,) = refusal.value.steps
    return custom_ids.of_step(step.action)


# Under pictures


UNDER_PICTURES: dict[JobKind, tuple[int | None, str]] = {
    JobKind.REROLL: (None, ""),
    JobKind.VARY: (2, ""),
    JobKind.VARY_SUBTLE: (0, ""),
    JobKind.UPSCALE_SUBTLE: (0, ""),
    JobKind.UPSCALE_CREATIVE: (0, ""),
    JobKind.ZOOM: (0, "1.5"),
    JobKind.PAN: (1, "down"),
    JobKind.SQUARE: (0, ""),
    JobKind.PICK: (3, ""),
}
"""The tile that each is pressed for, and how."""


@pytest.mark.parametrize(("kind", "where"), UNDER_PICTURES.items(), ids=str)
async def test_a_press_under_a_picture_makes_a_job(
    edge: Edge, services: Services, database: Database, kind: JobKind, where: tuple[int | None, str]
) -> None:
    job = await delivered(services, ADA, 5000, prompt="a red apple --ar 3:2")
    answer = await edge.press(custom_ids.of_job(job.id, kind, *where), is_ephemeral=False)
    assert answer.is_acknowledged
    assert await kinds_in(database) == [JobKind.IMAGINE, kind]


def test_every_kind_that_a_button_may_ask_for_is_pressed_above() -> None:
    assert (
        UNDER_PICTURES.keys()
        == BUILDERS.keys()
        == set(JobKind)
        - {
            JobKind.IMAGINE,
            JobKind.REGION,
            JobKind.BLEND,
            JobKind.EDIT,
        }
    )


async def test_cancel_ends_a_job(edge: Edge, services: Services, engine: HandEngine) -> None:
    engine.hold()
    job = await services.orders.imagine(now(ADA), "a red apple")
    assert (await edge.press(custom_ids.of_cancel(job.id))).is_acknowledged
    assert (await services.queue.show(MODERATOR)).jobs == ()


# What a refusal offers


async def test_what_most_people_are_to_press_stands_out(edge: Edge, services: Services) -> None:
    grid = (await delivered(services, BOB, 5000)).id
    await change(services, lambda settings: replace(settings, terms="Be kind.", terms_version=1))
    asked = await edge.press(custom_ids.of_job(grid, JobKind.VARY, 1), is_ephemeral=False)
    assert asked.buttons == {"Accept and draw": PRIMARY}
    assert asked.content == (
        "**One thing first.** This server asks you to accept its terms:\n> Be kind.\n"
        "-# What you pressed is drawn by itself when you accept."
    )
    await services.sanctions.notice(now(MODERATOR), ADA.user_id, text="Hello")
    told = await edge.press(custom_ids.of_job(grid, JobKind.VARY, 1), is_ephemeral=False)
    assert told.buttons == {"I have read it": PRIMARY}
    await services.sanctions.block(now(MODERATOR), ADA.user_id, span=None, reason="spam")
    blocked = await edge.press(custom_ids.of_job(grid, JobKind.VARY, 1), is_ephemeral=False)
    assert blocked.buttons == {"Appeal": SECONDARY}


async def test_terms_are_accepted_and_the_prompt_is_drawn(
    edge: Edge, services: Services, database: Database
) -> None:
    await services.guilds.set(now(MODERATOR), {"terms": "Be kind."})
    answer = await edge.press(await refused_step(services))
    assert "Your first picture is developing" in answer.content
    assert await kinds_in(database) == [JobKind.IMAGINE]


async def test_a_kept_prompt_is_drawn(edge: Edge, services: Services, database: Database) -> None:
    await services.rules.add(now(MODERATOR), "apple", Weight.SOFT, Place.PROMPT)
    answer = await edge.press(await refused_step(services))
    assert answer.is_acknowledged
    assert await kinds_in(database) == [JobKind.IMAGINE]


async def test_a_kept_prompt_that_cannot_be_forgotten_just_now_is_followed_all_the_same(
    edge: Edge, services: Services, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await services.rules.add(now(MODERATOR), "apple", Weight.SOFT, Place.PROMPT)
    custom_id = await refused_step(services)
    delete = services.kept.delete

    async def away(_: KeptOrder) -> None:
        raise ConnectionRefusedError(111, "the database is away")

    monkeypatch.setattr(services.kept, "delete", away)
    assert "Welcome to the darkroom!" in (await edge.press(custom_id)).content, "it is a first picture, too"
    monkeypatch.setattr(services.kept, "delete", delete)
    await edge.press(custom_id)
    assert await kinds_in(database) == [JobKind.IMAGINE]


async def test_an_example_of_the_guide_is_drawn(edge: Edge, database: Database) -> None:
    assert (await edge.press(custom_ids.of_example(0))).is_acknowledged
    assert await kinds_in(database) == [JobKind.IMAGINE]


@pytest.mark.parametrize("old", ["terms:12:accept:3", "confirm:7:draw"])
async def test_what_an_older_version_offered_and_is_gone_is_said(edge: Edge, old: str) -> None:
    assert "drawn already, or was kept too long" in (await edge.press(old)).content


# Pages


async def test_pages_are_turned(edge: Edge, services: Services) -> None:
    await delivered(services, ADA, 5000)
    assert "a red apple" in (await edge.press(custom_ids.of_mine(0))).content


@pytest.mark.parametrize("page", Page)
async def test_the_pages_of_the_manual_are_turned(edge: Edge, page: Page) -> None:
    answer = await edge.press(custom_ids.of_help(page), user=900, is_manager=True)
    assert answer.content.startswith(f"**{LABELS[page]}**")
    assert answer.custom_ids == [custom_ids.of_help(one) for one in Page]


async def test_the_moderators_page_of_the_manual_is_theirs_alone(edge: Edge) -> None:
    assert "Only members with" in (await edge.press(custom_ids.of_help(Page.MODERATORS))).content
    shown = await edge.press(custom_ids.of_help(Page.YOURS))
    assert custom_ids.of_help(Page.MODERATORS) not in shown.custom_ids


async def test_a_page_that_the_manual_no_longer_has_is_said(edge: Edge) -> None:
    assert "do not know this button" in (await edge.press(custom_ids.of_help("chapter"))).content


async def test_the_audit_log_is_shown_and_exported(edge: Edge, services: Services) -> None:
    await services.sanctions.notice(now(MODERATOR), ADA.user_id, text="Hello")
    shown = await edge.press(custom_ids.of_audit(0, AuditFilter()), user=900, is_manager=True)
    assert "wrote to <@100>: Hello" in shown.content
    export = custom_ids.of_audit(0, AuditFilter(), is_export=True)
    assert "newest row" in (await edge.press(export, user=900, is_manager=True)).content
    for custom_id in (custom_ids.of_audit(0, AuditFilter()), export):
        assert "moderator" in (await edge.press(custom_id)).content


# Moderation


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What must be there before a press: its number is returned; who presses; and what comes of it."""

    prepare: Callable[[Services], Awaitable[int]]
    is_manager: bool = True
    opens_form: bool = False
    action: str | None = None
    """What the audit log has last."""
    said: str = ""
    """What the presser reads."""


async def _notice(services: Services) -> int:
    return (await services.sanctions.notice(now(MODERATOR), ADA.user_id, text="Hello")).id


async def _blocked(services: Services) -> int:
    return (await services.sanctions.block(now(MODERATOR), ADA.user_id, span=None, reason="spam")).id


async def _appealed(services: Services) -> int:
    made = await services.appeals.appeal(now(ADA), await _blocked(services), "Sorry")
    return made.appeal.id


async def _refused_prompt(services: Services) -> int:
    await services.rules.add(now(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    with pytest.raises(UserError) as refused:
        await services.orders.imagine(now(ADA), "a goblin")
    (step,) = refused.value.steps
    assert isinstance(step.action, AskModerators)
    return (await services.order_appeals.ask(now(ADA), step.action.kept_id)).appeal.id


async def _reported(services: Services) -> int:
    await delivered(services, ADA, 5000)
    return (await services.reports.report(now(BOB), 5000, "not nice")).report.id


async def _brought(services: Services) -> int:
    return (await services.uploads.bring(now(ADA), picture_file())).upload_id


async def _drawn_from_it(services: Services) -> int:
    ref = UploadRef(upload_id=await _brought(services))
    recipe = replace(Recipes(services.models).new(parse("a fox")), start=Start(image=ref, strength=0.5))
    order = Order(kind=JobKind.IMAGINE, text="a fox", recipe=recipe)
    job = await finished(services, await services.jobs.draw(now(ADA), order))
    await services.outbox.delivered(job, 5000)
    return (await services.reports.report(now(BOB), 5000, "not nice")).report.id


async def _pictured(services: Services) -> int:
    await delivered(services, ADA, 5000)
    return 5000


async def _nothing(_: Services) -> int:
    return 0


BUTTONS: Mapping[tuple[str, str], Case] = {
    ("notice", "acknowledge"): Case(prepare=_notice, is_manager=False, said="You can draw again"),
    ("block", "appeal"): Case(prepare=_blocked, is_manager=False, opens_form=True),
    ("appeal", "accept"): Case(prepare=_appealed, opens_form=True),
    ("appeal", "reject"): Case(prepare=_appealed, opens_form=True),
    ("order", "allow"): Case(prepare=_refused_prompt, action="prompt_allowed", said="it is drawn now"),
    ("order", "refuse"): Case(prepare=_refused_prompt, action="prompt_refused", said="stays refused"),
    ("report", "look"): Case(prepare=_reported, said="What <@100> drew."),
    ("report", "delete"): Case(prepare=_reported, action="delete_result"),
    ("report", "dismiss"): Case(prepare=_reported, action="report_rejected"),
    ("report", "warn"): Case(prepare=_reported, opens_form=True),
    ("report", "block"): Case(prepare=_reported, opens_form=True),
    ("report", "inputs"): Case(prepare=_drawn_from_it, said="Last used"),
    ("upload", "remove"): Case(
        prepare=_brought, action="upload_removed", said="cannot be brought here again"
    ),
    ("upload", "erase"): Case(prepare=_brought, said="OWNERS"),
    ("forget", "pictures"): Case(prepare=_brought, is_manager=False, said="1 picture"),
    ("forget", "me"): Case(prepare=_nothing, is_manager=False, said="Done."),
}
FORMS_SENT: Mapping[tuple[str, str], Case] = {
    ("block", "appeal"): Case(prepare=_blocked, is_manager=False, said="Your appeal is with the moderators"),
    ("appeal", "accept"): Case(prepare=_appealed, action="appeal_accepted"),
    ("appeal", "reject"): Case(prepare=_appealed, action="appeal_rejected"),
    ("queue", "clear"): Case(prepare=_nothing, said="Nothing waits"),
    ("report", "send"): Case(prepare=_pictured, is_manager=False, said="nobody is told that it was you"),
    ("report", "warn"): Case(prepare=_reported, action="warning"),
    ("report", "block"): Case(prepare=_reported, action="block"),
}


def test_every_button_and_every_form_of_moderation_is_pressed() -> None:
    assert BUTTONS.keys() == PRESSES.keys()
    assert FORMS_SENT.keys() == SHEETS.keys()


@pytest.mark.parametrize(("kind", "action"), BUTTONS)
async def test_a_button_of_moderation(edge: Edge, services: Services, kind: str, action: str) -> None:
    case = BUTTONS[kind, action]
    custom_id = custom_ids.of_moderation(kind, await case.prepare(services), action)
    presser = 900 if case.is_manager else ADA.user_id
    answer = await edge.press(custom_id, user=presser, is_manager=case.is_manager)
    assert answer.is_acknowledged
    assert "broke" not in answer.content
    assert case.said in answer.content
    assert answer.form == (custom_id if case.opens_form else None)
    if case.action is not None:
        assert case.action in await actions(services)


@pytest.mark.parametrize(("kind", "action"), [key for key, case in BUTTONS.items() if case.is_manager])
async def test_what_moderators_decide_is_decided_by_nobody_else(
    edge: Edge, services: Services, kind: str, action: str
) -> None:
    number = await BUTTONS[kind, action].prepare(services)
    before = await actions(services)
    answer = await edge.press(custom_ids.of_moderation(kind, number, action), user=BOB.user_id)
    assert "moderator" in answer.content
    assert answer.form is None
    assert await actions(services) == before


@pytest.mark.parametrize(("kind", "action"), FORMS_SENT)
async def test_a_form_of_moderation(edge: Edge, services: Services, kind: str, action: str) -> None:
    case = FORMS_SENT[kind, action]
    custom_id = custom_ids.of_moderation(kind, await case.prepare(services), action)
    presser = 900 if case.is_manager else ADA.user_id
    answer = await edge.submit(
        custom_id, user=presser, is_manager=case.is_manager, text="Sorry", reason="spam", span="1h"
    )
    assert answer.content
    assert "broke" not in answer.content
    assert case.said in answer.content
    if case.action is not None:
        assert case.action in await actions(services)


async def test_moderators_read_an_appeal_in_their_channel(edge: Edge, services: Services) -> None:
    await change(services, lambda settings: replace(settings, moderators_channel_id=DESK))
    number = await _blocked(services)
    await edge.submit(custom_ids.of_moderation("block", number, "appeal"), text="I am sorry")
    (letter,) = [call for call in edge.calls if call.path.endswith(f"/channels/{DESK}/messages")]
    assert "I am sorry" in letter.body["content"]


async def test_a_form_that_cannot_be_read_decides_nothing(edge: Edge, services: Services) -> None:
    number = await _reported(services)
    answer = await edge.submit(
        custom_ids.of_moderation("report", number, "block"),
        user=900,
        is_manager=True,
        reason="spam",
        span="soon",
    )
    assert "Write how long as" in answer.content
    assert len(await services.reports.list_open(MODERATOR, limit=5)) == 1


def _private_letters(edge: Edge) -> list[str]:
    path = f"/channels/{PRIVATE}/messages"
    return [call.body["content"] for call in edge.calls if call.path.endswith(path)]


@pytest.mark.parametrize(("action", "told"), [("accept", "is accepted"), ("reject", "is rejected")])
async def test_who_appealed_is_told_the_decision_in_private(
    edge: Edge, services: Services, action: str, told: str
) -> None:
    form = custom_ids.of_moderation("appeal", await _appealed(services), action)
    answer = await edge.submit(form, user=900, is_manager=True, reason="We looked again.")
    assert "> We looked again." in answer.content
    (letter,) = _private_letters(edge)
    assert letter.startswith("**Home**: about your appeal\n")
    assert told in letter
    assert "The moderators write: We looked again." in letter


async def test_a_decision_that_discord_does_not_deliver_is_read_before_the_next_picture(
    edge: Edge, services: Services
) -> None:
    edge.is_private_closed = True
    form = custom_ids.of_moderation("appeal", await _appealed(services), "accept")
    answer = await edge.submit(form, user=900, is_manager=True)
    assert "Accepted" in answer.content
    assert len(_private_letters(edge)) == 1  # it was tried
    with pytest.raises(UserError, match="Your appeal is accepted"):
        await services.orders.imagine(now(ADA), "a red apple")


async def test_a_letter_in_private_turns_into_the_thanks(edge: Edge, services: Services) -> None:
    number = await _appealed(services)
    verdict = await services.appeals.decide(now(MODERATOR), number, AppealStatus.ACCEPTED)
    read = custom_ids.of_moderation("notice", verdict.decision.id, "acknowledge")
    answer = await edge.press(read, is_ephemeral=False, in_private=True)
    assert answer.content == "Thank you. You can draw again."
    assert answer.calls[0].body["type"] == UPDATED


async def test_the_whole_queue_is_cleared_by_sending_the_question_in(
    edge: Edge, services: Services, engine: HandEngine
) -> None:
    engine.hold()
    for asker in (ADA, BOB):
        await services.orders.imagine(now(asker), "a red apple")
    clear = custom_ids.of_moderation("queue", 1, "clear")
    assert "moderator" in (await edge.submit(clear, reason="x")).content
    answer = await edge.submit(clear, user=900, is_manager=True, reason="flood")
    assert answer.content == "2 jobs of this server are cancelled and refunded."
    assert (await services.queue.show(MODERATOR)).jobs == ()
    assert await actions(services) == ["cancel", "cancel"]


# Forms forget nothing


async def test_after_a_mistake_a_form_of_moderation_is_opened_again_filled(
    edge: Edge, services: Services
) -> None:
    form = custom_ids.of_moderation("report", await _reported(services), "block")
    refused = await edge.submit(form, user=900, is_manager=True, reason="*Spam*, again", span="soon")
    assert "Write how long as" in refused.content
    assert refused.buttons == {"Open the form again": PRIMARY}
    again = await edge.press(form, user=900, is_manager=True, frames=refused.frames)
    assert again.fields == {"span": "soon", "reason": "*Spam*, again"}
    done = await edge.submit(
        form, user=900, is_manager=True, frames=refused.frames, reason="*Spam*, again", span="1h"
    )
    assert done.content == "✅ The member is blocked. (<@900>)"
    assert done.frames == []


async def test_what_was_typed_while_the_database_was_away_is_given_back(
    edge: Edge, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = custom_ids.of_moderation("block", await _blocked(services), "appeal")

    async def away(*_: object, **__: object) -> None:
        raise OUTAGES["locked"]()

    with monkeypatch.context() as patched:
        patched.setattr(services.appeals, "appeal", away)
        refused = await edge.submit(form, text="It was my brother.")
    assert "I cannot reach my database" in refused.content
    assert [frame["description"] for frame in refused.frames] == ["It was my brother."]
    assert (await edge.press(form, frames=refused.frames)).fields == {"text": "It was my brother."}


async def test_a_reported_picture_is_shown_to_whoever_judges_it_behind_a_spoiler_and_not_when_it_is_gone(
    edge: Edge, services: Services
) -> None:
    number = await _reported(services)
    look = custom_ids.of_moderation("report", number, "look")
    seen = await edge.press(look, user=900, is_manager=True)
    assert [name.split(".")[0] for name in seen.files] == ["SPOILER_reported-1"]
    await services.reports.delete_result(MODERATOR, number)
    gone = await edge.press(look, user=900, is_manager=True)
    assert not gone.files


@pytest.mark.parametrize("action", ["warn", "block"])
async def test_the_letter_of_a_report_keeps_the_button_that_deletes_its_picture(
    edge: Edge, services: Services, action: str
) -> None:
    number = await _reported(services)
    moderator: dict[str, Any] = {"user": 900, "is_manager": True}
    typed: dict[str, Any] = {"reason": "Read the rules."} | ({"span": "1 day"} if action == "block" else {})
    judged = await edge.submit(custom_ids.of_moderation("report", number, action), **moderator, **typed)
    assert list(judged.buttons) == ["Delete the picture"]
    deleted = await edge.press(custom_ids.of_moderation("report", number, "delete"), **moderator)
    assert "The picture is deleted." in deleted.content
    assert not deleted.buttons


async def test_a_form_below_a_letter_is_empty_whatever_the_letter_unfolds(
    edge: Edge, services: Services
) -> None:
    form = custom_ids.of_moderation("report", await _reported(services), "warn")
    unfolded = [{"type": "article", "title": "What will they read? Not who reported.", "description": "Bait"}]
    opened = await edge.press(form, user=900, is_manager=True, is_ephemeral=False, frames=unfolded)
    assert opened.fields == {"reason": ""}


async def test_a_mistake_in_a_form_of_the_panel_is_told_in_the_panel_and_mended_there(
    edge: Edge, services: Services
) -> None:
    typed: dict[str, Any] = {
        "newbie-rooms": "99",
        "max-newbie-rooms": "many",
        "newbie-category": "First steps",
    }
    refused = await edge.submit(custom_ids.of_setup_form("rooms"), user=900, is_manager=True, **typed)
    assert refused.content == (
        "- **How many newbie rooms at least**: write a whole number from 0 to 25. You wrote `99`.\n"
        "- **How many newbie rooms when all are busy**: write a whole number from 0 to 25. "
        "You wrote `many`.\n"
        "\nNothing of it was kept. Press **Rooms…** to correct it: what you wrote is still there."
    )
    assert [call.body["type"] for call in refused.calls] == [UPDATED]  # there is no second panel
    assert refused.buttons["Rooms…"] == PRIMARY
    assert custom_ids.of_setup(1, "terms") in refused.custom_ids
    again = await setup(edge, "rooms", frames=refused.frames)
    assert again.fields == typed
    assert "Write a whole number from 0 to 25. Empty: none." in again.hints
    mended = typed | {"newbie-rooms": "2", "max-newbie-rooms": "4"}
    done = await edge.submit(
        custom_ids.of_setup_form("rooms"), user=900, is_manager=True, frames=refused.frames, **mended
    )
    assert "How many newbie rooms at least: **2**" in done.content
    assert done.frames == []
    assert (await services.guilds.managed(now(MODERATOR))).max_newbie_rooms == 4


async def test_what_was_emptied_stays_empty_when_the_form_is_opened_again(
    edge: Edge, services: Services
) -> None:
    await services.guilds.set(now(MODERATOR), {"trial": "25 pictures"})
    refused = await edge.submit(
        custom_ids.of_setup_form("allowances"), user=900, is_manager=True, allowance="much", trial=""
    )
    blank = await edge.submit(
        custom_ids.of_setup_form("allowances"), user=900, is_manager=True, allowance="much", trial="  "
    )
    assert "description" not in blank.frames[1]  # Discord takes no frame of blanks
    again = await setup(edge, "allowances", frames=refused.frames)
    assert (again.fields["allowance"], again.fields["trial"]) == ("much", "")


# What nobody knows


@pytest.mark.parametrize(
    "custom_id", ["job:1:fly", "notice:1:fly", "forget:0:you", "report:1:appeal", "setup:1:fly"]
)
async def test_an_unknown_action_is_said_to_be_unknown(edge: Edge, custom_id: str) -> None:
    answer = await edge.press(custom_id, user=900, is_manager=True)
    assert "do not know this button" in answer.content


async def test_an_unknown_form_is_said_to_be_unknown(edge: Edge) -> None:
    for custom_id in ("block:1:send", "report:1:fly"):
        assert "do not know this form" in (await edge.submit(custom_id, text="")).content


@pytest.mark.parametrize("custom_id", [f"block:{HUGE}:appeal", f"report:{HUGE}:send"])
async def test_a_form_about_a_number_that_nothing_can_have_is_none_of_ours(
    edge: Edge, custom_id: str
) -> None:
    assert (await edge.submit(custom_id, text="x")).calls == []


@pytest.mark.parametrize(
    "custom_id", [f"job:{HUGE}:reroll", f"kept:{HUGE}:draw", f"notice:{HUGE}:acknowledge"]
)
async def test_a_button_about_a_number_that_nothing_can_have_does_nothing(
    edge: Edge, database: Database, custom_id: str
) -> None:
    assert (await edge.press(custom_id)).calls == []
    assert await kinds_in(database) == []


# The panel of /setup

MAX_LINE = 44  # about as many letters as Discord shows of a line in a menu


async def setup(edge: Edge, action: str, **changes: Any) -> Answer:
    """Press a part of the panel as its owner."""
    return await edge.press(custom_ids.of_setup(1, action), user=900, is_manager=True, **changes)


async def test_every_setting_is_reachable_from_the_panel(edge: Edge) -> None:
    pressable: set[str] = set()
    for page in PAGES:
        turned = await setup(edge, "page", kind=LIST, data={"values": [page]})
        pressable |= {custom_id.removeprefix("setup:1:") for custom_id in turned.custom_ids}
        assert len(turned.content) <= MAX_CONTENT
        assert turned.menus
        assert [line for line in turned.menus if len(line) > MAX_LINE] == []
    written = [name for form in FORMS if form in pressable for name in (await setup(edge, form)).fields]
    assert {*ROWS, DIGEST} <= pressable | set(written)
    chosen = {name: [value for value, _ in row.choices] for name, row in ROWS.items() if row.choices}
    assert {name: list(choices) for name, choices in CHOICES.items()} == chosen
    assert set(FORMS) <= pressable


async def test_a_page_that_no_version_knows_is_the_first_one(edge: Edge) -> None:
    for chosen in ({"values": ["colours"]}, {}):
        answer = await setup(edge, "page", kind=LIST, data=chosen)
        assert custom_ids.of_setup(1, "apply") in answer.custom_ids


async def test_safety_is_chosen_on_the_panel_where_it_is_possible(edge: Edge, services: Services) -> None:
    assert "ALLOW_NSFW" in (await setup(edge, "nudity")).content
    answer = await setup(edge, "image-filter", kind=LIST, data={"values": ["off"]})
    assert "What happens to pictures that look nude: **nothing**" in answer.content
    assert "Relaxed jobs: free" in (await setup(edge, "relax-free")).buttons
    settings = await services.guilds.managed(now(MODERATOR))
    assert (settings.is_nsfw_allowed, settings.is_relax_free) == (False, True)


async def test_the_weekly_report_is_chosen_and_ended_on_the_panel(edge: Edge, services: Services) -> None:
    desk = {"id": str(DESK), "name": "desk", "type": 0, "permissions": "0"}
    chosen = {"values": [str(DESK)], "resolved": {"channels": {str(DESK): desk}}}
    answer = await setup(edge, DIGEST, kind=CHANNELS, data=chosen)
    assert f"Where the report of each week goes: **<#{DESK}>**" in answer.content
    digest = await services.usage.digest(now(MODERATOR))
    assert digest is not None
    assert digest.channel_id == DESK
    assert "**nowhere**" in (await setup(edge, DIGEST, kind=CHANNELS, data={"values": []})).content
    assert await services.usage.digest(now(MODERATOR)) is None


@pytest.mark.parametrize("action", FORMS)
async def test_a_button_of_the_panel_opens_its_form(edge: Edge, action: str) -> None:
    assert (await setup(edge, action)).form == custom_ids.of_setup_form(action)


async def test_a_form_of_the_panel_is_kept(edge: Edge, services: Services) -> None:
    await setup(edge, "terms")
    await edge.submit(custom_ids.of_setup_form("terms"), user=900, is_manager=True, terms="Be kind.")
    assert (await services.guilds.managed(now(MODERATOR))).terms == "Be kind."


async def test_the_panel_switches_the_web_page(edge: Edge, services: Services) -> None:
    before = (await services.guilds.managed(now(MODERATOR))).is_public
    await setup(edge, "public-page")
    assert (await services.guilds.managed(now(MODERATOR))).is_public is not before


async def test_the_panel_tells_where_the_web_page_is(edge: Edge, services: Services) -> None:
    services.gallery.pages = WebPages(public_url="https://art.example.org")
    panels = [(await setup(edge, "public-page")).content for _ in ("the other way", "and back")]
    told = ["It is here: <https://art.example.org/servers/1>" in panel for panel in panels]
    assert sorted(told) == [False, True]  # only while it is there


async def test_the_panel_makes_the_rooms(edge: Edge) -> None:
    answer = await setup(edge, "apply")
    assert "broke" not in answer.content
    assert custom_ids.of_setup(1, "apply") in answer.custom_ids


async def test_a_menu_keeps_what_is_chosen(edge: Edge, services: Services) -> None:
    role = {"id": str(ROLE), "name": "crew", "permissions": "0", "position": 1, "color": 0}
    plain = {"hoist": False, "managed": False, "mentionable": False, "flags": 0}
    chosen = {"values": [str(ROLE)], "resolved": {"roles": {str(ROLE): role | plain}}}
    await setup(edge, "moderators", kind=ROLES, data=chosen)
    desk = {"id": str(DESK), "name": "desk", "type": 0, "permissions": "0"}
    chosen = {"values": [str(DESK)], "resolved": {"channels": {str(DESK): desk}}}
    for action in ("moderators-channel", "drawing-channels"):
        answer = await setup(edge, action, kind=CHANNELS, data=chosen)
        assert "broke" not in answer.content
    settings = await services.guilds.managed(now(MODERATOR))
    assert settings.moderator_role_ids == (ROLE,)
    assert (settings.moderators_channel_id, settings.drawing_channel_ids) == (DESK, (DESK,))


@pytest.mark.parametrize(
    ("action", "kind"),
    [("moderators", ROLES), ("moderators-channel", CHANNELS), ("drawing-channels", CHANNELS)],
)
async def test_a_menu_whose_choice_discord_did_not_resolve_is_answered(
    edge: Edge, action: str, kind: int
) -> None:
    answer = await setup(edge, action, kind=kind, data={"values": [str(ROLE)]})
    assert "What you chose is gone" in answer.content


async def test_the_panel_is_its_owners_alone(edge: Edge) -> None:
    answer = await edge.press(custom_ids.of_setup(1, "apply"))
    assert answer.custom_ids == []
    assert answer.content


async def test_a_refused_prompt_goes_to_the_moderators_and_comes_back_drawn(
    edge: Edge, services: Services, database: Database
) -> None:
    await services.sanctions.set_channel(now(MODERATOR), DESK)
    await services.rules.add(now(MODERATOR), "apple", Weight.HEAVY, Place.PROMPT)
    before = len(edge.calls)
    answer = await edge.press(await refused_step(services))
    assert "with the moderators" in answer.content
    (letter,) = [call.body for call in edge.calls[before:] if str(DESK) in call.path]
    assert "<@100> asks you to allow it" in letter["content"]
    (allow, _) = letter["components"][0]["components"]
    decided = await edge.press(allow["custom_id"], user=900, is_manager=True, is_ephemeral=False)
    assert "it is drawn now" in decided.content
    assert await kinds_in(database) == [JobKind.IMAGINE]
    told = [call.body["content"] for call in edge.calls[before:] if str(PRIVATE) in call.path.split("/")]
    assert "The strike that it cost you is taken back." in told[-1]


async def test_nothing_is_drawn_for_who_has_left(edge: Edge, services: Services, database: Database) -> None:
    number = await _refused_prompt(services)

    async def script(call: Call) -> web.Response | None:
        return refusal(404, 10007) if call.path.endswith("/members/100") else None

    edge.script = script
    custom_id = custom_ids.of_moderation("order", number, "allow")
    decided = await edge.press(custom_id, user=900, is_manager=True, is_ephemeral=False)
    assert "not here any more" in decided.content
    assert await kinds_in(database) == []
