"""Every custom_id is read as it was written, now and by every older version."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import AuditFilter
from bot.domain.history import MAX_SEARCH, Shelf, Wanted
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Accept, Acknowledge, Action, Appeal, Draw
from bot.messages import custom_ids
from bot.views.moderation_buttons import PRESSES
from bot.views.moderation_forms import SHEETS

IDS = st.integers(0, 10**18 - 1)
PATTERNS = (
    custom_ids.JOB,
    custom_ids.CHANGE,
    custom_ids.REGION,
    custom_ids.KEPT,
    custom_ids.TERMS,
    custom_ids.EXAMPLE,
    custom_ids.HELP,
    custom_ids.MINE,
    custom_ids.CHOOSE,
    custom_ids.PICTURE,
    custom_ids.GALLERY,
    custom_ids.LOOKED,
    custom_ids.USE,
    custom_ids.AUDIT,
    custom_ids.SETUP,
    custom_ids.SETTINGS,
    custom_ids.INFO,
    custom_ids.ASK,
    custom_ids.MODERATION,
)
EVER_SENT = (
    *(
        "job:812:pick:3",
        "job:812:vary:0",
        "job:812:reroll",
        "job:812:cancel",
        "job:812:zoom:0:1.5",
        "job:812:pan:0:left",
    ),
    *(
        "change:812:remix:0",
        "change:812:custom_zoom:0",
        "change:812:choose_region:3",
        "change:812:pan:0:left",
    ),
    *("region:812:toggle:0-511-9", "region:812:draw:1-0", "region:812:words:3-17", "region:812:mask:0-1"),
    *("terms:12:accept:3", "confirm:7:draw", "kept:5:accept:2", "kept:5:draw"),
    *("notice:4:acknowledge", "block:4:appeal", "appeal:4:accept", "appeal:4:reject"),
    *("report:4:delete", "report:4:dismiss", "report:4:warn", "report:4:block", "forget:0:me"),
    *("report:4:inputs", "upload:7:remove", "upload:7:erase", "forget:0:pictures"),
    *(
        "start:2:example",
        "mine:1:page",
        "mine:1:page:liked:",
        "mine:0:page:all:a: b",
        "setup:1:apply",
        "setup:1:moderators-channel",
        "setup:1:rooms",
    ),
    "help:0:moderators",
    *("mine:1:page:liked:", "mine:0:page:all:a: b"),
    *("mine:1:choose", "picture:812:ask", "picture:812:delete", "picture:812:hide", "picture:812:unhide"),
    *("looked:0:draw:1", "looked:0:draw:5", "looked:0:all", "looked:0:again:3"),
    *("settings:0:model", "settings:0:stylize:250", "settings:0:speed:relax", "settings:0:suffix"),
    *("use:12:choose:3", "use:12:style:0", "brought:7:prompt", "brought:7:describe"),
    *("job:812:no_suffix", "info:0:show", "info:0:cancel", "info:0:all"),
    *("kept:5:ask", "order:7:allow", "order:7:refuse"),
    *("gallery:0:join:now", "gallery:0:join:all"),
    *("audit:0:show:-", "audit:2:export:100-block", "audit:1:show:-5-rule_add"),
)
"""One of each form that any version has put under a message."""


def read(pattern: str, custom_id: str) -> re.Match[str]:
    """The match, which must be there."""
    match = re.fullmatch(pattern, custom_id)
    assert match is not None
    assert len(custom_id) <= 100
    return match


@pytest.mark.parametrize("custom_id", EVER_SENT)
def test_every_form_ever_sent_is_read_by_one_pattern_and_no_other(custom_id: str) -> None:
    matching = [pattern for pattern in PATTERNS if re.fullmatch(pattern, custom_id)]
    assert len(matching) == 1


@given(IDS, st.sampled_from(JobKind), st.none() | st.integers(0, 3))
def test_a_press_under_a_picture(job_id: int, kind: JobKind, index: int | None) -> None:
    press = custom_ids.job_press(read(custom_ids.JOB, custom_ids.of_job(job_id, kind, index)))
    assert (press.job_id, JobKind(press.action), press.index) == (job_id, kind, index or 0)


@given(
    IDS, st.sampled_from(["remix", "zoom", "custom_zoom"]), st.integers(0, 3), st.sampled_from(["", "1.5"])
)
def test_a_form_under_a_picture(job_id: int, action: str, index: int, how: str) -> None:
    press = custom_ids.JobPress(job_id=job_id, action=action, index=index, how=how)
    assert custom_ids.change_form(custom_ids.of_change(press)) == press


@given(IDS, st.integers(0, 3), st.integers(0, 511), st.none() | st.integers(1, 9))
def test_a_part_of_the_panel_for_areas(job_id: int, index: int, cells: int, cell: int | None) -> None:
    press = custom_ids.RegionPress(
        job_id=job_id, action="toggle" if cell else "draw", index=index, cells=cells, cell=cell
    )
    assert custom_ids.region_form(custom_ids.of_region(press)) == press
    assert custom_ids.region_form("region:1:toggle:0-999-1") == custom_ids.RegionPress(
        job_id=1, action="toggle", index=0, cells=999 & 511, cell=1
    )


@given(IDS, st.integers(0, 10**9 - 1))
def test_a_kept_order(kept_id: int, version: int) -> None:
    draw, accept = Draw(kept_id=kept_id), Accept(kept_id=kept_id, version=version)
    assert custom_ids.kept_key(read(custom_ids.KEPT, custom_ids.of_step(draw))) == kept_id
    match = read(custom_ids.TERMS, custom_ids.of_step(accept))
    assert (custom_ids.kept_key(match), int(match["version"])) == (kept_id, version)


def test_what_older_versions_kept_is_found_by_its_source() -> None:
    assert custom_ids.kept_key(read(custom_ids.TERMS, "terms:12:accept:3")) == "pending-12"
    assert custom_ids.kept_key(read(custom_ids.KEPT, "confirm:7:draw")) == "confirm-7"


ACTIONS = st.none() | st.from_regex(r"[a-z_]{1,32}", fullmatch=True)


@given(st.integers(0, 10**6 - 1), st.none() | IDS.filter(bool), ACTIONS)
def test_a_page_of_the_audit_log(page: int, user_id: int | None, action: str | None) -> None:
    wanted = AuditFilter(user_id=user_id, action=action)
    match = read(custom_ids.AUDIT, custom_ids.of_audit(page, wanted))
    assert (int(match["page"]), custom_ids.audit_filter(match)) == (page, wanted)


@given(IDS)
def test_buttons_and_forms_of_moderation_all_have_somebody_who_answers(number: int) -> None:
    steps: list[Action] = [Acknowledge(sanction_id=number), Appeal(sanction_id=number)]
    written = [custom_ids.of_moderation(kind, number, action) for kind, action in PRESSES]
    for custom_id in [*written, *map(custom_ids.of_step, steps)]:
        about = custom_ids.numbered(read(custom_ids.MODERATION, custom_id))
        assert about.number == number
        assert (about.kind, about.action) in PRESSES
    for kind, action in SHEETS:
        form = custom_ids.form(custom_ids.of_moderation(kind, number, action))
        assert form == custom_ids.Numbered(kind=kind, number=number, action=action)


@pytest.mark.parametrize("custom_id", ["block:9999999999999999999:appeal", "report:9223372036854775808:send"])
def test_a_form_about_what_no_database_holds_is_about_nothing(custom_id: str) -> None:
    assert custom_ids.form(custom_id) is None


@given(st.integers(0, 999_999), st.text(max_size=MAX_SEARCH), st.sampled_from(Shelf))
def test_a_page_of_what_was_looked_for(page: int, search: str, shelf: Shelf) -> None:
    wanted = Wanted(search=search, shelf=shelf)
    match = read(custom_ids.MINE, custom_ids.of_mine(page, wanted))
    assert (int(match["page"]), custom_ids.mine_wanted(match)) == (page, wanted)


def test_a_shelf_that_nobody_knows_is_no_page() -> None:
    assert custom_ids.mine_wanted(read(custom_ids.MINE, "mine:0:page:cellar:fox")) is None
