"""Whatever a client sends, altered by hand: nothing of it is trusted, and nothing of it breaks anything."""

import json
import logging
import os
import random
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pytest

from bot.domain.asker import Asker
from bot.messages import custom_ids
from bot.services import Services
from bot.storage.database import Database
from tests.bot.services.community import delivered
from tests.bot.views.edge import BUTTON, CHANNELS, DESK, LIST, ROLE, ROLES, Edge, attached
from tests.bot.views.test_presses import kinds_in

NUM_INTERACTIONS = int(os.environ.get("NUM_INTERACTIONS", "250"))
"""Generated in a run; ten thousand have been tried."""
USERS, MENTIONABLES = 5, 7
INPUT, FILE, LABEL, ROW = 4, 19, 18, 1
NUMBERS = (
    0,
    1,
    2,
    3,
    9,
    10**6,
    2**31,
    2**53,
    10**18 - 1,
    10**18,
    2**63 - 1,
    2**63,
    2**64,
    10**19,
    10**20 - 1,
)
WORDS = (
    *("toggle", "draw", "words", "mask", "page", "choose", "open", "show", "all", "cancel", "cancel_all"),
    *("again", "ask", "like", "details", "made", "delete", "hide", "unhide", "prompt", "style", "describe"),
    *("accept", "appeal", "acknowledge", "send", "allow", "refuse", "suffix", "speed", "reset", "terms"),
    *(
        "remix",
        "custom_zoom",
        "choose_region",
        "vary",
        "vary_subtle",
        "reroll",
        "zoom",
        "pan",
        "pick",
        "square",
    ),
    *("upscale_subtle", "upscale_creative", "no_suffix", "moderators", "drawing-channels", "apply", "digest"),
    *("fast", "relax", "turbo", "strong", "liked", "binned", "now", "x", "", "nothing-that-there-is"),
)
TEXTS = (
    *(
        "",
        "a red apple",
        "a red apple --ar 99999999:1",
        "--",
        "::",
        "{a,{b,c}",
        "\0",
        "\ud800",
        "ß\u0301" * 500,
    ),
    *("9" * 400, "<@&1> @everyone", "vary-0", "vary-9", "reroll-0", "a" * 4000, "2026-13-45", "-1", "1e999"),
    *("https://cdn.discordapp.com/attachments/1/2/cat.png", "upload:9999999999999999999", "picture:1.9"),
)
NAMES = ("prompt", "words", "mask", "what", "suffix", "text", "reason", "terms", "span", "days", "unknown")
PATTERNS = (
    *(
        "job:{n}:{w}",
        "job:{n}:{w}:{i}",
        "job:{n}:{w}:{i}:{h}",
        "change:{n}:{w}:{i}",
        "change:{n}:{w}:{i}:{h}",
    ),
    *(
        "job:{n}:vary:{i}",
        "job:{n}:pick:{i}",
        "job:{n}:zoom:{i}:{h}",
        "change:{n}:remix:{i}",
        "job:{n}:cancel",
    ),
    *(
        "region:{n}:toggle:{i}-{n}-{i}",
        "region:{n}:draw:{i}-{n}",
        "region:{n}:words:{i}-7",
        "region:{n}:mask:{i}-7",
    ),
    *("kept:{n}:draw", "kept:{n}:ask", "kept:{n}:accept:{n}", "confirm:{n}:draw", "terms:{n}:accept:{i}"),
    *(
        "start:{n}:example",
        "help:0:{w}",
        "mine:{n}:page",
        "mine:{n}:page:{w}:{t}",
        "mine:{n}:choose",
        "draw:0:prompt",
    ),
    *("picture:{n}:{w}", "picture:{n}:like", "picture:{n}:details", "looked:0:{w}:{i}", "looked:0:draw:{n}"),
    *(
        "use:{n}:choose:{i}",
        "use:{n}:prompt:{i}",
        "use:{n}:style:{i}",
        "use:{n}:describe:{i}",
        "brought:{n}:{w}",
    ),
    *(
        "gallery:0:join:{w}",
        "audit:{n}:show:{n}-{w}",
        "audit:{n}:export:{n}-",
        "setup:{n}:{w}",
        "setup:1:{w}",
    ),
    *(
        "notice:{n}:{w}",
        "block:{n}:appeal",
        "appeal:{n}:{w}",
        "order:{n}:{w}",
        "report:{n}:{w}",
        "upload:{n}:{w}",
    ),
    *("forget:{n}:{w}", "queue:{n}:{w}", "settings:0:{w}", "settings:0:{w}:{w}", "settings:form:suffix"),
    *("info:0:{w}", "info:0:cancel", "setup:form:{w}", "{w}:{n}:{w}", "report:{n}:send", "block:{n}:{w}"),
)
"""What custom_ids look like: {n} a number, {i} a small one, {w} a word, {h} how, {t} any text."""


class Forger:
    """Makes interactions up: much like true ones, and wrong somewhere."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def one_of(self, things: Sequence[Any]) -> Any:
        return self._chance.choice(things)

    def is_likely(self, share: float) -> bool:
        return self._chance.random() < share

    def number(self) -> int:
        return self.one_of(NUMBERS) if self.is_likely(0.4) else self._chance.randint(0, 3)

    def custom_id(self) -> str:
        """One that a version of the bot might have written, or nearly."""
        return re.sub(r"\{(.)\}", lambda hole: self._filling(hole[1]), self.one_of(PATTERNS))[:100]

    def _filling(self, hole: str) -> str:
        if hole == "n":
            return str(self.number())
        if hole == "i":
            return str(self.one_of([*"0123", "4", "٣"]))
        return str(self.one_of({"w": WORDS, "h": ("1.5", "2", "down", "same", "x"), "t": TEXTS}[hole]))

    def data(self, kind: int) -> Mapping[str, Any]:
        """What was chosen, resolved or not."""
        if kind == BUTTON:
            return {}
        values = [self.one_of([str(self.number()), self.one_of(WORDS), self.one_of(TEXTS)[:100], str(ROLE)])]
        if kind in {ROLES, CHANNELS, USERS, MENTIONABLES}:
            values = [str(self.one_of([ROLE, DESK, self.number()]))]
        chosen: dict[str, Any] = {"values": values if self.is_likely(0.9) else []}
        if self.is_likely(0.3):
            chosen["resolved"] = {self.one_of(["roles", "users", "channels", "attachments"]): {}}
        return chosen

    def form(self) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]:
        """The parts of a form that was sent in, and what Discord resolved of it."""
        parts = [self._part(name) for name in self._chance.sample(NAMES, self._chance.randint(0, 5))]
        return parts, {"attachments": {"77": attached()}} if self.is_likely(0.3) else {}

    def _part(self, name: str) -> Mapping[str, Any]:
        field: dict[str, Any] = self.one_of(
            [
                {"type": INPUT, "custom_id": name, "value": self.one_of(TEXTS)},
                {"type": LIST, "custom_id": name, "values": [self.one_of([*TEXTS, *WORDS])[:100]]},
                {"type": LIST, "custom_id": name, "values": []},
                {"type": FILE, "custom_id": name, "values": [self.one_of(["77", str(self.number())])]},
            ]
        )
        if self.is_likely(0.5):
            return {"type": LABEL, "id": 1, "component": field}
        return {"type": ROW, "components": [field]}


async def send(edge: Edge, forger: Forger) -> str:
    """Send one; what it was."""
    custom_id = forger.custom_id()
    who: dict[str, Any] = {"user": forger.one_of([100, 101, 900, 2**63 - 1])}
    who["is_manager"] = forger.is_likely(0.3)
    if forger.is_likely(0.35):
        parts, resolved = forger.form()
        await edge.submit_raw(custom_id, parts, resolved=resolved, **who)
        return json.dumps([custom_id, parts, resolved, who])
    kind = forger.one_of([BUTTON, LIST, USERS, ROLES, MENTIONABLES, CHANNELS])
    where: dict[str, Any] = {"is_ephemeral": forger.is_likely(0.7), "in_private": forger.is_likely(0.1)}
    data = forger.data(kind)
    await edge.press(custom_id, kind=kind, data=data, **where, **who)
    return json.dumps([custom_id, kind, data, where, who])


async def test_nothing_that_is_made_up_reaches_the_log_as_a_fault_of_ours(
    edge: Edge, services: Services, ada: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    for message_id in (5000, 5001):
        await delivered(services, ada, message_id)
    before = len(edge.calls)
    faults: list[object] = []
    for seed in range(NUM_INTERACTIONS):
        sent = await send(edge, Forger(seed))
        faults += [(seed, sent, record.exc_info) for record in caplog.records]
        caplog.clear()
    assert faults == []
    assert len(edge.calls) - before > NUM_INTERACTIONS / 5  # many are near enough to be answered


PANELS = (
    *("settings:0:speed", "settings:0:suffix", "info:0:cancel", "info:0:all"),
    *("mine:1:choose", "mine:999999:page:liked:x", "mine:1:page:colours:x"),
)


CHOICES: tuple[list[str], ...] = ([], [str(2**63)], [str(2**64)], ["9" * 18], ["x" * 100], ["\ud800"])
FORMS = (
    *("change:{}:remix:0", "change:{}:vary:3", "change:{}:custom_zoom:0"),
    *("region:{}:draw:0-5", "region:{}:words:0-511", "region:{}:mask:0-0", "use:{}:describe:0"),
)


async def test_a_choice_that_no_menu_offered_does_nothing(edge: Edge, database: Database) -> None:
    for custom_id, values in product(PANELS, CHOICES):
        answer = await edge.press(custom_id, kind=LIST, data={"values": values})
        assert answer.is_acknowledged
        assert "broke" not in answer.content
    assert await kinds_in(database) == []


async def test_a_button_with_the_name_of_a_menu_is_answered(edge: Edge) -> None:
    for custom_id in ("mine:1:choose", "info:0:cancel", "setup:1:moderators"):
        answer = await edge.press(custom_id, user=900, is_manager=True)
        assert answer.is_acknowledged
        assert "broke" not in answer.content


async def test_a_form_about_a_picture_that_is_not_there_draws_nothing(edge: Edge, database: Database) -> None:
    fields: Any = {"prompt": "a red apple", "words": "apple", "what": "vary-0"}
    for form, number in product(FORMS, (7, 10**18 - 1, 2**63, 2**64)):
        answer = await edge.submit(form.format(number), **fields)
        assert answer.is_acknowledged == (number < 10**18)  # else it is none of ours
        assert "broke" not in answer.content
    assert await kinds_in(database) == []


async def test_a_remix_that_its_form_did_not_offer_is_refused(
    edge: Edge, services: Services, database: Database, ada: Asker
) -> None:
    job = await delivered(services, ada, 5000)
    for what in ("vary-9", "imagine-0", "remix-0", "", "vary-0-0", "pick-0"):
        answer = await edge.submit(f"change:{job.id}:remix:0", prompt="a green apple", what=what)
        assert answer.is_acknowledged
        assert "broke" not in answer.content
    assert len(await kinds_in(database)) == 1


async def test_a_button_that_is_not_under_the_pressed_message_is_none(
    edge: Edge, services: Services, database: Database, ada: Asker
) -> None:
    job = await delivered(services, ada, 5000)
    forged = {"custom_id": custom_ids.of_change(custom_ids.JobPress(job_id=job.id, action="remix"))}
    answer = await edge.press("help:0:start", is_ephemeral=False, data=forged)
    assert answer.calls == []
    assert len(await kinds_in(database)) == 1
