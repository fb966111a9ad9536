"""What newcomers and owners read, word for word."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.charges import FREE, Charge
from bot.domain.guild import GuildSettings
from bot.domain.guild_options import MAX_IDS, MAX_TERMS, ROWS, changed
from bot.domain.job import JobStatus
from bot.domain.kinds import JobKind
from bot.domain.onboarding import Start, TermsNotAccepted
from bot.domain.quota import Allowance, Balance, Period
from bot.domain.recipe import ImageRef
from bot.domain.rooms import RoomChanges
from bot.domain.sentences import say
from bot.domain.usage import Digest
from bot.messages import gallery, guild, mine, onboarding, refusals, site
from bot.messages.payload import MAX_CONTENT
from bot.services.gallery import HistoryPage
from tests.bot.builders import job

SETTINGS = GuildSettings(
    terms="Be kind.\nNo nudity.",
    terms_version=3,
    moderator_role_ids=(7,),
    newbie_rooms=2,
    max_newbie_rooms=6,
    trial=Allowance(amount=25, period=Period.ONCE),
)
TRIAL = Balance(
    allowance=Allowance(amount=25, period=Period.ONCE),
    spent=Charge(images=4, gpu_ms=800),
    reserved=FREE,
    resets_at=None,
)
PAGE = "https://art.example.org/servers/1"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARRANGED = RoomChanges(made=(21, 22), adopted=(20,), reopened=(23,), closed=(24,), deleted=(25,))


def test_first_steps(snapshot: SnapshotAssertion) -> None:
    assert {
        "terms": refusals.refusal(TermsNotAccepted(SETTINGS, is_first=True, is_typed=True), "en-US"),
        "new terms": refusals.refusal(TermsNotAccepted(SETTINGS, is_first=False, is_typed=True), "en-US"),
        "terms at a press": refusals.refusal(
            TermsNotAccepted(SETTINGS, is_first=True, is_typed=False), "en-US"
        ),
        "start": onboarding.start(Start(room_id=21, has_terms=True), TRIAL, "en-US"),
        "start without rooms": onboarding.start(Start(room_id=None, has_terms=False), TRIAL, "en-US"),
        "start with a web page": onboarding.start(
            Start(room_id=21, has_terms=True), TRIAL, "en-US", page_url=PAGE
        ),
        "guide of a room": onboarding.room_guide("en-US"),
        "arrival": onboarding.arrival(42, "en-US"),
        "asked what to show": gallery.question("en-US", has_page=False),
        "joined": gallery.joined("en-US", has_page=True, page_url=PAGE, is_from_now=False),
        "joined from now on": gallery.joined("en-US", has_page=True, is_from_now=True),
        "joined without a page": gallery.joined("en-US", has_page=False, page_url=PAGE, is_from_now=False),
        "left": gallery.left("en-US"),
    } == snapshot


def test_setup(snapshot: SnapshotAssertion) -> None:
    ready = guild.SetupState(models=("sketch (0123456789)",), everybody=Allowance(amount=100), missing=())
    public = replace(SETTINGS, is_public=True, web_text="We draw birds.", web_picture=1234)
    lacking = replace(ready, missing=(say("Manage Channels"), say("Pin Messages")))
    assert {
        "panel": guild.panel(SETTINGS, ready, "en-US"),
        "permissions missing": guild.panel(SETTINGS, lacking, "en-US"),
        "untouched": guild.panel(GuildSettings(), ready, "en-US"),
        "roles that do not see": guild.panel(SETTINGS, replace(ready, unseeing=(31, 32)), "en-US"),
        "moderators that everybody reads": guild.panel(
            SETTINGS, replace(ready, is_desk_public=True), "en-US"
        ),
        "a web page": guild.panel(public, replace(ready, page_url=PAGE), "en-US"),
        "a web page that nobody finds": guild.panel(public, ready, "en-US"),
        "rooms made": guild.panel(SETTINGS, replace(ready, arranged=ARRANGED), "en-US"),
        "limits, safety, weekly report": guild.panel(
            replace(SETTINGS, image_filter="spoiler", max_waiting_jobs=10),
            replace(ready, page="more"),
            "en-US",
        ),
        "weekly report": guild.panel(
            SETTINGS,
            replace(ready, page="more", digest=Digest(guild_id=1, channel_id=77, due_at=NOW)),
            "en-US",
        ),
        "every setting": guild.settings(SETTINGS, "en-US"),
        "nothing to do": guild.panel(SETTINGS, replace(ready, arranged=RoomChanges()), "en-US"),
        "changed": guild.changed(SETTINGS, "newbie-rooms", ARRANGED, "en-US"),
        "a moderators' role": guild.changed(SETTINGS, "moderators", RoomChanges(), "en-US", unseeing=(31,)),
        "an allowance during a trial": guild.changed(SETTINGS, "allowance", RoomChanges(), "en-US"),
    } == snapshot


def test_history(snapshot: SnapshotAssertion) -> None:
    delivered = job(status=JobStatus.DELIVERED, result_message_id=99)
    pick = replace(delivered, id=813, kind=JobKind.PICK, parent=ImageRef(job_id=812, index=2))
    kept = job(id=814, status=JobStatus.UNDELIVERABLE)
    alone = replace(delivered, is_direct_message=True)
    again = replace(delivered, id=816, kind=JobKind.REROLL, parent=ImageRef(job_id=812, index=0))
    zoomed = replace(again, id=815, kind=JobKind.ZOOM, is_hidden=True)
    assert {
        "a page in the middle": mine.page(
            HistoryPage(number=1, jobs=(again, zoomed, kept, pick, delivered, alone), has_more=True), "en-US"
        ),
        "nothing yet": mine.page(HistoryPage(number=0, jobs=(), has_more=False), "en-US"),
    } == snapshot


def test_ones_own_list_tells_kinds_apart_and_marks_what_is_hidden() -> None:
    jobs = [job(id=n, kind=kind, parent=ImageRef(job_id=800, index=2)) for n, kind in enumerate(JobKind, 1)]
    shown = mine.page(HistoryPage(number=0, jobs=tuple(jobs), has_more=False), "en-US")
    kinds = {line.split(" · ")[1] for line in shown.content.splitlines()[1:-1]}
    assert len(kinds) == len(jobs)
    assert "U3" in kinds
    off = replace(jobs[0], is_hidden=True)
    hidden = mine.page(HistoryPage(number=0, jobs=(off,), has_more=False), "en-US")
    assert hidden.content.splitlines()[1].endswith("🙈")
    assert "🙈 is hidden from the web page" in hidden.content
    assert "🙈" not in shown.content


@given(text=st.text(max_size=MAX_TERMS), prompt=st.text(min_size=1, max_size=4000))
def test_nothing_is_too_long(text: str, prompt: str) -> None:
    settings = replace(SETTINGS, terms=text, newbie_category=text[:100])
    long = replace(SETTINGS, drawing_channel_ids=tuple(range(10**18, 10**18 + 25)))
    posted = {"guild_id": 10**18, "channel_id": 10**18, "result_message_id": 10**18, "is_hidden": True}
    longest = job(prompt=prompt, id=10**9, kind=JobKind.REGION, **posted)
    page = HistoryPage(number=5, jobs=(longest,) * 8, has_more=True)
    for payload in (
        refusals.refusal(TermsNotAccepted(settings, is_first=True, is_typed=True), "en-US"),
        guild.settings(settings, "en-US"),
        guild.settings(long, "en-US"),
        mine.page(page, "en-US"),
    ):
        assert len(payload.content) <= MAX_CONTENT
    assert "/show" in mine.page(page, "en-US").content.splitlines()[-1]
    assert len(mine.page(page, "en-US").content.splitlines()) == 8 + 2  # every picture has its line


def test_every_setting_is_shown_however_long_the_values_are() -> None:
    roles = " ".join(f"<@&{role_id}>" for role_id in range(10**18, 10**18 + MAX_IDS))
    longest = {
        "moderators": roles,
        "drawing-channels": roles.replace("@&", "#"),
        "moderators-channel": f"<#{10**18}>",
        "allowance": "9999999 gpu seconds a month",
        "trial": "9999999 gpu seconds",
        "newbie-category": "n" * 100,
        "terms": "x" * MAX_TERMS,
        "time-zone": "America/Argentina/ComodRivadavia",
        "image-filter": "moderators",
        "web-text": "y" * 300,
        "web-picture": "9" * 18,
    }
    shown = guild.settings(changed(GuildSettings(), longest), "en-US").content
    assert re.findall(r"^- `([\w-]+)`: .", shown, re.MULTILINE) == list(ROWS)
    assert shown.endswith("9" * 18)


def test_the_panel_shows_every_setting_once() -> None:
    grouped = [name for page in guild.PAGES.values() for _, _, names in page.groups for name in names]
    assert sorted(grouped) == sorted([*ROWS, guild.DIGEST])


def test_every_setting_of_a_guild_is_an_option_but_what_is_counted_or_kept_elsewhere() -> None:
    elsewhere = {
        "role_allowances",  # one for each role: /allowance role
        "is_paused",  # what is done to the queue just now: /queue pause
        "terms_version",
        "newbie_category_id",
    }
    assert {field.name for field in fields(GuildSettings)} == elsewhere | {row.field for row in ROWS.values()}


def test_many_roles_are_counted_and_none_is_cut_in_two() -> None:
    many = replace(SETTINGS, moderator_role_ids=tuple(range(10**18, 10**18 + 25)))
    shown = guild.settings(many, "en-US").content
    assert re.search(r"`moderators`: (<@&\d{19}> ){5}… and 20 more", shown)


def test_the_page_speaks_english_where_it_must() -> None:
    assert site.words("ja").keys() == site.WORDS.keys()
    assert site.members(1, "en-US") == "1 member"
