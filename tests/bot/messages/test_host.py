"""What /host says, and what members read of the owners' decisions, word for word."""

from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.domain.audit import RULE, AuditEntry, Deed
from bot.domain.errors import Unavailable
from bot.domain.hosting import HostedGuild, Hosting, HostReport, day_of
from bot.domain.sentences import say
from bot.domain.usage import Usage
from bot.messages import host as messages
from bot.messages import refusals
from bot.messages.payload import MAX_CONTENT

NOW = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
NAMES = {1: "The *garden*", 2: "Lighthouse", 3: "Quiet"}
GARDEN = Hosting(guild_id=1, cap=200)
LIGHTHOUSE = Hosting(guild_id=2, is_paused=True, words="The card is away until Monday.")
REPORT = HostReport(
    days=7,
    guilds=(
        HostedGuild(hosting=GARDEN, usage=Usage(jobs=30, images=120, gpu_ms=340_000)),
        HostedGuild(hosting=LIGHTHOUSE, usage=Usage(jobs=1, images=1, gpu_ms=900)),
        HostedGuild(hosting=Hosting(guild_id=77), usage=Usage(jobs=1, images=4, gpu_ms=900)),
    ),
    notice="",
    listed=frozenset(),
)


def entry(deed: Deed, actor_id: int = 500, **details: object) -> AuditEntry:
    return AuditEntry(
        id=1,
        guild_id=0,
        actor_id=actor_id,
        action=deed,
        target_id=None,
        reason="",
        details=details,
        created_at=NOW,
    )


def test_what_owners_read(snapshot: SnapshotAssertion) -> None:
    listed = HostReport(days=1, guilds=REPORT.guilds, notice="Back at *nine*.", listed=frozenset({1, 3}))
    assert {
        "usage, any guild": messages.report(REPORT, NAMES, "en-US").content,
        "usage, some guilds": messages.report(listed, NAMES, "en-US").content,
        "nobody yet": messages.report(
            HostReport(days=7, guilds=(), notice="", listed=frozenset()), {}, "en-US"
        ).content,
        "capped": messages.cap_set(GARDEN, NAMES, "en-US").content,
        "no cap": messages.cap_set(LIGHTHOUSE, NAMES, "en-US").content,
        "paused": messages.paused(LIGHTHOUSE, NAMES, "en-US").content,
        "paused and cleared": messages.paused(
            Hosting(guild_id=9, is_paused=True), NAMES, "en-US", cancelled=1
        ).content,
        "resumed": messages.resumed(LIGHTHOUSE, NAMES, "en-US").content,
        "left": messages.left(2, NAMES, "en-US").content,
        "a notice": messages.notice_set(Hosting(guild_id=0, words="Back at *nine*."), "en-US").content,
        "no notice": messages.notice_set(Hosting(guild_id=0), "en-US").content,
    } == snapshot


def test_the_owners_log(snapshot: SnapshotAssertion) -> None:
    entries = [
        entry(Deed.HOST_CAP, guild="1", cap=200),
        entry(Deed.HOST_CAP, guild="1", cap=None),
        entry(Deed.HOST_PAUSE, RULE, guild="77", words="The card is away."),
        entry(Deed.HOST_RESUME, guild="2", words=""),
        entry(Deed.HOST_LEAVE, guild="78", name="Gone"),
        entry(Deed.HOST_UNLISTED, RULE, guild="79", name="Strangers"),
        entry(Deed.HOST_NOTICE, words="Back at nine."),
        entry(Deed.HOST_NOTICE, words=""),
    ]
    assert messages.log(entries, NAMES, "en-US").content == snapshot(name="deeds")
    assert messages.log([], NAMES, "en-US").content == snapshot(name="nothing")


def test_what_others_read(snapshot: SnapshotAssertion) -> None:
    refused = Unavailable(say("I am restarting. Try again in a minute; nothing was charged."))
    refused.notice = "Back at *nine*."
    refused.prompt = "a fox"
    assert {
        "where the bot is not served": messages.farewell(79, "Strangers", "en-US").content,
        "beside an answer": messages.notice("Back at *nine*.", "en-US").content,
        "under a refusal": refusals.refusal(refused, "en-US").content,
        "in a guild that is not served": refusals.refusal(refusals.not_served(), "en-US").content,
    } == snapshot


def test_many_guilds_fit_into_a_message() -> None:
    names = {number: f"Server number {number}" for number in range(100, 200)}
    assert len(messages.report(REPORT, names, "en-US").content) <= MAX_CONTENT


@pytest.mark.parametrize(("typed", "found"), [("", 3), ("light", 1), ("(1)", 1), ("nowhere", 0)])
def test_a_guild_is_found_by_its_name_or_number(typed: str, found: int) -> None:
    assert len(messages.choices(NAMES, typed)) == found


def test_the_day_of_a_cap_is_no_guilds_own() -> None:
    assert day_of(NOW) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
