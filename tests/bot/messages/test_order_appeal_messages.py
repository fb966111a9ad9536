"""What moderators read of a refused prompt, and its member of their decision."""

from dataclasses import replace
from datetime import UTC, datetime

from syrupy.assertion import SnapshotAssertion

from bot.domain.errors import QuotaExceeded
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Draw, NextStep
from bot.domain.order import Order
from bot.domain.pardons import EXPLICIT, ROOM, OrderAppeal
from bot.domain.people import AppealStatus
from bot.domain.sentences import say
from bot.messages import order_appeals as messages
from bot.services.order_appeals import OrderVerdict
from tests.bot.builders import RECIPE, job

ORDER = Order(kind=JobKind.IMAGINE, recipe=RECIPE, text="a red fox in the snow --ar 3:2")
APPEAL = OrderAppeal(
    id=5,
    guild_id=1,
    user_id=3,
    source="1",
    order=ORDER.to_json(),
    asker={
        "guild_id": 1,
        "channel_id": 2,
        "locale": "en-US",
        "role_ids": [],
        "joined_at": None,
    },
    rules=("phrase:prompt:red `fox`", ROOM, EXPLICIT),
    status=AppealStatus.OPEN,
    created_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
)


def test_the_moderators_read_what_is_asked_for_and_which_rules_refused_it(
    snapshot: SnapshotAssertion,
) -> None:
    assert messages.letter(APPEAL, "en-US") == snapshot(name="one prompt")
    several = replace(ORDER, text="a {red, blue} fox", batch_size=2)
    batch = messages.letter(replace(APPEAL, order=several.to_json()), "en-US")
    assert "> a {red, blue} fox" in batch.content
    assert messages.asked("en-US").content == snapshot(name="its member")


def test_its_member_is_told_what_the_moderators_decided(snapshot: SnapshotAssertion) -> None:
    verdict = OrderVerdict(appeal=APPEAL, is_strike_taken_back=True)
    spent = QuotaExceeded(
        say("Your allowance is spent."),
        steps=(NextStep(action=Draw(kept_id=9), label=say("Try again")),),
    )
    assert messages.allowed(verdict, job(), "Foxes & Co") == snapshot(name="allowed")
    assert messages.refused(verdict, "Foxes & Co") == snapshot(name="refused")
    assert messages.not_drawn(verdict, spent, "Foxes & Co") == snapshot(name="allowed, but spent")
