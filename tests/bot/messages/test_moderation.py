"""What moderators, and members about whom they decide, read: word for word."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.audit import AuditEntry, AuditFilter, AuditPage, Deed
from bot.domain.image_filter import ImageFilter, Withheld
from bot.domain.job import JobStatus
from bot.domain.kept import Waits
from bot.domain.next_steps import Draw, NextStep
from bot.domain.people import Appeal, AppealStatus, History, Report, Sanction, SanctionKind, Standing
from bot.domain.recipe import NOTHING
from bot.domain.rules import GuildRule, Place, RoomPolicy, Weight
from bot.domain.sentences import ENGLISH
from bot.domain.strike_words import because, standing, tally
from bot.messages import audit, deeds, forgetting, people, queue, refusals, rules
from bot.messages.catalogue import translations
from bot.messages.lists import fitted
from bot.messages.payload import MAX_CONTENT
from bot.messages.table import to_csv
from bot.services.audit import PAGE_ROWS
from bot.services.forgetting import Erasure
from bot.services.gates.blocks import blocked, to_read
from bot.services.kept import LABELS
from bot.services.queue import QueueState
from bot.services.reports import ReportCase
from bot.services.rules import Findings, RuleBook
from bot.services.sanctions import MAX_HISTORY
from tests.bot.builders import job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOCALE = "en-US"


def said(kind: SanctionKind, **changes: object) -> Sanction:
    values: dict[str, object] = {
        "id": 5,
        "guild_id": 1,
        "user_id": 100,
        "kind": kind,
        "points": 0,
        "reason": "spam",
        "actor_id": 900,
        "created_at": NOW,
        "until": None,
        "closed_at": None,
        **changes,
    }
    return Sanction(**values)  # type: ignore[arg-type]


def rule(phrase: str, weight: Weight, place: Place = Place.ANYWHERE) -> GuildRule:
    return GuildRule(id=1, guild_id=1, phrase=phrase, weight=weight, place=place)


BLOCK = said(SanctionKind.BLOCK, until=NOW + timedelta(hours=1))
APPEAL = Appeal(
    id=8,
    guild_id=1,
    user_id=100,
    sanction=BLOCK,
    text="It was **my brother**.",
    status=AppealStatus.OPEN,
    created_at=NOW,
)
REJECTED = replace(APPEAL, status=AppealStatus.REJECTED)
BY_RULE = said(SanctionKind.BLOCK, actor_id=0, reason="", until=NOW + timedelta(days=1))
CAUSES = (
    said(SanctionKind.WARNING, points=3, reason="rude"),
    said(SanctionKind.WARNING, points=3, reason="*very* rude"),
    *(said(SanctionKind.STRIKE, points=1, reason="clown", actor_id=0),) * 3,
)
STANDING = Standing(points=3, days=30, ladder=(0, 60, 1440))
TOLD = (
    (SanctionKind.NOTICE, 0),
    (SanctionKind.WARNING, 3),
    (SanctionKind.ACCEPTED, 0),
    (SanctionKind.REJECTED, 0),
)


def reported(prompt: str, reason: str) -> ReportCase:
    report = Report(id=9, guild_id=1, job_id=812, reason=reason, status=AppealStatus.OPEN, created_at=NOW)
    shown = job(status=JobStatus.DELIVERED, result_message_id=5000, prompt=prompt)
    return ReportCase(report=report, job=shown, channel_id=77)


def taken_back() -> ReportCase:
    case = reported("a red fox", "not nice")
    return replace(case, job=replace(case.job, status=JobStatus.DELETED, recipe=NOTHING))


def entry(reason: str = "spam", **changes: object) -> AuditEntry:
    values: dict[str, object] = {
        "id": 1,
        "guild_id": 1,
        "actor_id": 900,
        "action": "block",
        "target_id": 100,
        "reason": reason,
        "details": {"minutes": 60},
        "created_at": NOW,
        **changes,
    }
    return AuditEntry(**values)  # type: ignore[arg-type]


def test_what_is_said_about_people(snapshot: SnapshotAssertion) -> None:
    history = History(
        user_id=100,
        strikes=1,
        sanctions=(
            BLOCK,
            said(SanctionKind.STRIKE, points=1, actor_id=0, reason="clown"),
            said(SanctionKind.WARNING, points=3, closed_at=NOW),
            said(SanctionKind.BLOCK, actor_id=-5, closed_at=NOW),
        ),
    )
    assert {
        "a blocked member": refusals.refusal(blocked(BLOCK, "spam"), LOCALE),
        "who has appealed": refusals.refusal(blocked(BLOCK, "spam", appeal=APPEAL), LOCALE),
        "whose appeal was rejected": refusals.refusal(
            blocked(BLOCK, "spam", appeal=REJECTED, answer="You did it <@5>."), LOCALE
        ),
        "blocked for good": refusals.refusal(blocked(said(SanctionKind.BLOCK), "spam"), LOCALE),
        "blocked by strikes": refusals.refusal(blocked(BY_RULE, because(BY_RULE, CAUSES, 30)), LOCALE),
        "blocked by warnings": refusals.refusal(blocked(BY_RULE, because(BY_RULE, CAUSES[:2], 30)), LOCALE),
        "blocked by a rule": refusals.refusal(blocked(BY_RULE, because(BY_RULE, CAUSES[2:], 30)), LOCALE),
        "blocked by strikes of long ago": refusals.refusal(
            blocked(BY_RULE, because(BY_RULE, (), 30)), LOCALE
        ),
        **{
            f"to read: {kind}": refusals.refusal(to_read(said(kind, points=points), STANDING), LOCALE)
            for kind, points in TOLD
        },
        "a warning that is forgiven": refusals.refusal(to_read(said(SanctionKind.WARNING), STANDING), LOCALE),
        **{
            f"in private: {kind}": people.verdict(said(kind, reason=reason), "The Lighthouse", LOCALE)
            for kind, reason in ((SanctionKind.ACCEPTED, ""), (SanctionKind.REJECTED, "Three people saw it."))
        },
        "blocked": people.blocked(BLOCK, LOCALE),
        "warned": people.warned(100, STANDING, LOCALE),
        "warned, and blocked": people.warned(100, replace(STANDING, points=6, block=BLOCK), LOCALE),
        "told": people.told(said(SanctionKind.NOTICE), LOCALE),
        "unblocked": people.unblocked(100, LOCALE),
        "acknowledged": people.acknowledged(None, None, LOCALE),
        "acknowledged, and something waits": people.acknowledged(
            None, NextStep(action=Draw(kept_id=5), label=LABELS[Waits.NOTICE]), LOCALE
        ),
        "acknowledged, and blocked": people.acknowledged(BLOCK, None, LOCALE),
        "appealed": people.appealed(LOCALE),
        "reported": people.reported(LOCALE),
        "ladder": people.ladder((0, 15, 60, 2880), LOCALE),
        "no ladder": people.ladder((), LOCALE),
        "history": people.history(history, LOCALE),
        "long history": people.history(replace(history, has_more=True), LOCALE),
        "nothing was said": people.history(History(user_id=100, sanctions=(), strikes=0), LOCALE),
        "appeal": people.appeal(APPEAL, LOCALE),
        "appeal against strikes": people.appeal(replace(APPEAL, sanction=BY_RULE, causes=CAUSES), LOCALE),
        "report": people.report(reported("a red fox", "not nice"), LOCALE),
        "report on what was taken back": people.report(taken_back(), LOCALE),
        "decided": people.decided("**Appeal**", "accept", 900, LOCALE),
        "decided, with a word": people.decided("**Appeal**", "reject", 900, LOCALE, written="No."),
        "decided below a refusal": people.decided("", "block", 900, LOCALE),
        "channel": people.channel(77, LOCALE),
        "a channel that everybody reads": people.channel(77, LOCALE, is_public=True),
        "no channel": people.channel(None, LOCALE),
        "inbox": people.inbox(2, LOCALE),
        "full inbox": people.inbox(10, LOCALE, has_more=True),
        "empty inbox": people.inbox(0, LOCALE),
    } == snapshot


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (0, "0 strikes"),
        (1, "a third of a strike"),
        (2, "two thirds of a strike"),
        (3, "1 strike"),
        (7, "2 strikes and a third"),
        (5, "1 strike and two thirds"),
    ],
)
def test_strikes_are_counted_in_thirds(points: int, words: str) -> None:
    assert str(tally(points)) == words


@pytest.mark.parametrize(
    ("points", "ladder", "next_one"),
    [
        (3, (0, 60, 1440), "The next strike means 1 hour without drawing here."),
        (0, (0, 60, 1440), "Strike number 2 means 1 hour without drawing here."),
        (30, (0, 60, 1440), "The next strike means 1 day without drawing here."),
        (3, (0,), None),
        (3, (), None),
        (9, (60, 0), None),
    ],
)
def test_where_strikes_lead_is_said_before_they_do(
    points: int, ladder: tuple[int, ...], next_one: str | None
) -> None:
    said_of = [
        str(sentence) for sentence in standing(Standing(points=points, days=1, ladder=ladder), added=3)
    ]
    assert said_of[0].endswith(" for 1 day.")
    assert said_of[1:] == ([] if next_one is None else [next_one])


def test_rules(snapshot: SnapshotAssertion) -> None:
    book = RuleBook(
        rules=(
            rule("clown", Weight.SOFT),
            rule("evil clown", Weight.HEAVY),
            rule("adult", Weight.LIGHT, Place.NEGATIVE),
        ),
        rooms={10: RoomPolicy(role_ids=(7,), models=("sketch",), required=("cat", "moon"), num_required=2)},
        is_nsfw_allowed=True,
    )
    assert {
        "added": rules.added(rule("clown", Weight.MEDIUM, Place.PROMPT), LOCALE),
        "removed": rules.removed("clown", LOCALE),
        "book": rules.book(book, LOCALE),
        "empty book": rules.book(RuleBook(rules=(), rooms={}, is_nsfw_allowed=False), LOCALE),
        "open room": rules.room(10, RoomPolicy(), LOCALE),
        "findings": rules.findings(
            Findings(minors=False, explicit=True, rules=(rule("clown", Weight.HEAVY),)), LOCALE
        ),
        "minors": rules.findings(Findings(minors=True, explicit=True, rules=()), LOCALE),
        "nothing found": rules.findings(Findings(minors=False, explicit=False, rules=()), LOCALE),
        "nsfw": rules.nsfw(is_allowed=True, locale=LOCALE),
        "confirmed": rules.confirmed(LOCALE),
        **{f"images: {chosen}": rules.image_filter(chosen, LOCALE) for chosen in ImageFilter},
        "withheld": refusals.refusal(Withheld(), LOCALE),
    } == snapshot


def test_queue_audit_and_forgetting(snapshot: SnapshotAssertion) -> None:
    many = tuple(job(id=n) for n in range(20))
    jobs = (job(status=JobStatus.RUNNING), job(id=813, is_direct_message=True))
    page = AuditPage(
        filter=AuditFilter(user_id=100, action="block"),
        number=1,
        entries=(
            entry(),
            entry(actor_id=0, action="rule_refused", reason="clown", details={"weight": "heavy"}),
            entry(actor_id=-3, target_id=None, action="rule_add", reason="", details={}),
            entry(action="usage_digest", target_id=None, reason="", details={"channel": "77"}),
            entry(
                action="quota_role",
                target_id=None,
                reason="",
                details={"role": "31", "allowance": "40 pictures a day"},
            ),
            entry(
                action="quota_grant",
                reason="for the contest",
                details={"amount": 200, "unit": "images", "days": 30},
            ),
            entry(action="ladder", target_id=None, reason="", details={"minutes": [0, 60, 1440]}),
            entry(
                action="quota_limits",
                target_id=None,
                reason="",
                details={"running": 2, "relax_is_free": True},
            ),
            entry(action="nsfw", target_id=None, reason="", details={"is_allowed": False}),
            entry(action="of_old", target_id=None, reason="", details={"channel": 0}),
        ),
        has_more=True,
    )
    assert {
        "queue": queue.state(QueueState(jobs=jobs, is_paused=True), LOCALE),
        "long queue": queue.state(QueueState(jobs=many, is_paused=False), LOCALE),
        "empty queue": queue.state(QueueState(jobs=(), is_paused=False), LOCALE),
        "cancelled": queue.cancelled(job(), LOCALE),
        "cleared": queue.cleared(100, 3, LOCALE),
        "all cleared": queue.cleared(None, 3, LOCALE),
        "nothing to clear": queue.cleared(None, 0, LOCALE),
        "choice": queue.choice(job(is_direct_message=True), "Ada"),
        "audit": audit.page(page, LOCALE),
        "forget?": forgetting.question(LOCALE),
        "forgotten": forgetting.done(Erasure(cancelled=1, pictures=8, until=NOW), LOCALE),
    } == snapshot


def test_channels_and_roles_in_the_audit_log_can_be_read() -> None:
    words = translations(LOCALE)
    rooms = {"drawing-channels": " ".join(f"<#{10**17 + number}>" for number in range(3))}
    assert deeds.details(rooms, words)[0].endswith(rooms["drawing-channels"])
    (broken,) = deeds.details({"drawing-channels": "<#100000000000000000> <#1"}, words)
    assert "\\<#1" in broken


def test_every_deed_of_the_audit_log_has_a_sentence_of_its_own() -> None:
    assert deeds.SENTENCES.keys() == set(Deed)
    told = [deeds.choice(deed, translations(LOCALE)) for deed in Deed]
    assert len(set(told)) == len(told)
    assert all(
        deed.value not in text and "_" not in text
        for deed, text in zip(Deed, told, strict=True)
        if "_" in deed
    )
    noted = {
        *SanctionKind,
        *(f"report_{status}" for status in (AppealStatus.ACCEPTED, AppealStatus.REJECTED)),
    }
    assert noted <= set(Deed)


def test_a_kind_of_action_is_found_by_its_words_or_its_name() -> None:
    found = audit.choices(["quota_set", "block", "of_old"], "BLOCK", LOCALE)
    assert found == [("Somebody blocked a member", "block")]
    assert audit.choices(["quota_set", "block"], "quota", LOCALE) == [
        ("Somebody changed what everybody may draw", "quota_set")
    ]


def test_settings_that_were_changed_are_told_by_what_they_are_for_as_far_as_there_is_room() -> None:
    changed = {"newbie-rooms": "2", "max-newbie-rooms": "4", "newbie-category": "x" * 40, "account-days": "7"}
    row = entry("", action="settings", target_id=None, details=changed)
    page = AuditPage(filter=AuditFilter(), number=0, entries=(row,) * PAGE_ROWS, has_more=False)
    shown = audit.page(page, LOCALE).content
    assert "changed settings (Days that an account must be old to draw: 7; " in shown
    assert "; … and " in shown
    assert len(shown.splitlines()) == 1 + PAGE_ROWS


@given(st.text(max_size=4000))
def test_no_text_makes_a_message_too_long_or_speaks_for_the_bot(text: str) -> None:
    book = RuleBook(
        rules=tuple(rule(text[:80] or "x", Weight.HEAVY) for _ in range(60)), rooms={}, is_nsfw_allowed=False
    )
    page = AuditPage(filter=AuditFilter(), number=0, entries=(entry(text),) * PAGE_ROWS, has_more=False)
    for payload in (
        people.report(reported(text, text[:500]), LOCALE),
        people.history(
            History(
                user_id=1,
                strikes=0,
                sanctions=(said(SanctionKind.BLOCK, reason=text),) * MAX_HISTORY,
                has_more=True,
            ),
            LOCALE,
        ),
        people.decided(text[:2000], "accept", 900, LOCALE),
        queue.state(QueueState(jobs=(job(prompt=text),) * 20, is_paused=True), LOCALE),
        rules.book(book, LOCALE),
        audit.page(page, LOCALE),
    ):
        assert len(payload.content) <= MAX_CONTENT
    assert "@everyone" not in people.report(reported(f"{text}@everyone", "@everyone"), LOCALE).content
    for button in audit.page(page, LOCALE).rows[0]:
        assert len(button.custom_id) <= 100
    assert len(audit.page(page, LOCALE).content.splitlines()) == 1 + PAGE_ROWS  # none falls between pages


@given(
    rows=st.lists(st.text("ab ", min_size=1, max_size=900), max_size=60),
    foot=st.lists(st.text("c", min_size=1, max_size=300), max_size=3),
    most=st.none() | st.integers(0, 20),
)
def test_a_list_keeps_its_head_and_foot_and_counts_what_it_leaves_out(
    rows: list[str], foot: list[str], most: int | None
) -> None:
    shown = fitted(ENGLISH, "head", rows, foot, most=most)
    assert len(shown) <= MAX_CONTENT
    lines = shown.splitlines()
    assert lines[0] == "head"
    assert lines[len(lines) - len(foot) :] == foot
    body = lines[1 : len(lines) - len(foot)]
    counted = re.fullmatch(r"… and (\d+) more", body[-1]) if body else None
    kept = body[:-1] if counted else body
    assert kept == rows[: len(kept)]
    assert len(kept) + (int(counted[1]) if counted else 0) == len(rows)


def test_all_rules_are_in_the_file_and_none_is_cut_in_two() -> None:
    phrases = [f"=phrase number {number}" for number in range(1000)]
    every = tuple(rule(phrase, Weight.HEAVY) for phrase in phrases)
    book = RuleBook(rules=every, rooms={}, is_nsfw_allowed=False)
    shown = rules.book(book, LOCALE).content
    assert re.search(r"`=phrase number \d+` … and 9\d\d more\n-# ", shown)
    file = rules.book_file(book, LOCALE)
    assert file is not None
    assert file.name == "rules.csv"
    table = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [row["phrase"] for row in table] == [f"'{phrase}" for phrase in phrases]
    assert rules.book_file(RuleBook(rules=(), rooms={}, is_nsfw_allowed=False), LOCALE) is None


def test_the_audit_export_is_csv_that_no_spreadsheet_runs() -> None:
    data = audit.table([entry('=cmd|"/c calc"!A1'), entry("Ωmega")])
    first, second = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert first == {
        "id": "1",
        "when": "2026-03-01T12:00:00+00:00",
        "actor": "900",
        "action": "block",
        "target": "100",
        "reason": '\'=cmd|"/c calc"!A1',
        "details": '{"minutes": 60}',
    }
    assert second["reason"] == "Ωmega"
    assert data.startswith(b"\xef\xbb\xbf")  # or spreadsheets read Latin-1


@pytest.mark.parametrize("begin", "=+-@\t\r\n")
def test_no_cell_is_run_as_a_formula(begin: str) -> None:
    (row,) = csv.DictReader(
        io.StringIO(to_csv(("name",), [(f"{begin}1+1",)]).decode("utf-8-sig"), newline="")
    )
    assert row["name"] == f"'{begin}1+1"
