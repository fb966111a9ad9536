"""What people read, word for word."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.echo import visible
from bot.domain.errors import NotAllowed, PromptError, QuotaExceeded
from bot.domain.job import Failure, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Acknowledge, NextStep
from bot.domain.prompt import parse
from bot.domain.recipe import Enlargement, ImageRef
from bot.domain.sentences import say
from bot.messages import guide, refusals
from bot.messages import jobs as messages
from bot.messages.payload import MAX_CONTENT, MAX_DESCRIPTION
from bot.services.runs import JobUpdate
from tests.bot.builders import RECIPE, job
from tests.bot.messages.test_newcomers import TRIAL

PARENT = ImageRef(job_id=800, index=1)


def test_every_state_of_a_job(snapshot: SnapshotAssertion) -> None:
    running = job(status=JobStatus.RUNNING)
    rendered = job(status=JobStatus.RENDERED)
    vary = job(kind=JobKind.VARY, parent=PARENT, status=JobStatus.RENDERED)
    pick = job(kind=JobKind.PICK, parent=PARENT, status=JobStatus.RENDERED)
    said: dict[str, object] = {
        "waiting": messages.progress(JobUpdate(job=job())),
        "after another of their own": messages.progress(JobUpdate(job=job(), own_jobs_before=1)),
        "begun and pausing": messages.progress(
            JobUpdate(job=job(status=JobStatus.RUNNING), position=1, eta_seconds=12.0, progress=0.2)
        ),
        "too long to be read": messages.progress(
            JobUpdate(job=job(status=JobStatus.RUNNING, unread="with a *lighthouse*"), progress=0.2)
        ),
        "third in the queue": messages.progress(JobUpdate(job=job(), position=3, eta_seconds=130.0)),
        "nothing can draw it just now": messages.progress(
            JobUpdate(job=job(), eta_seconds=30.0, is_engine_away=True)
        ),
        "running": messages.progress(JobUpdate(job=running, progress=0.3125)),
        "result": messages.result(rendered),
        "result in a direct message": messages.result(job(is_direct_message=True), server="The *Harbour*"),
        "of a server that is gone": messages.result(job(is_direct_message=True)),
        "variations": messages.result(vary, is_model_changed=True),
        "picked tile": messages.result(pick, is_enlarged=True),
        "picked tile whose grid was taken back": messages.result(job(kind=JobKind.PICK)),
        "upscaled": messages.result(
            job(
                kind=JobKind.UPSCALE_SUBTLE,
                parent=PARENT,
                recipe=replace(RECIPE.only(1), enlargement=Enlargement(image=PARENT)),
            ),
            is_enlarged=True,
        ),
        "blocked by the guild's filter": messages.result_without_prompt(rendered),
        "picked before": messages.already_there(replace(pick, result_message_id=5001)),
        "cancelled": messages.ended(job(status=JobStatus.CANCELLED)),
        "undeliverable": messages.undeliverable(rendered),
        **{failure: messages.ended(job(status=JobStatus.FAILED, failure=failure)) for failure in Failure},
    }
    assert said == snapshot


def test_a_cancel_says_that_nothing_was_charged() -> None:
    heading, below = messages.ended(job(status=JobStatus.CANCELLED)).content.splitlines()
    assert heading.endswith("(Cancelled)")
    assert below == "-# Nothing was charged."


def test_the_welcome(snapshot: SnapshotAssertion) -> None:
    assert guide.welcome(TRIAL, "en-US") == snapshot


def test_refusals(snapshot: SnapshotAssertion) -> None:
    with pytest.raises(PromptError) as mistakes:
        parse("a fox --ar16:9 --sed 4 --steps 0")
    assert {
        "mistakes": refusals.refusal(typed(mistakes.value, "a fox --ar16:9 --sed 4 --steps 0"), "en-US"),
        "a prompt that would end its frame": refusals.refusal(typed(mistakes.value, "a ``` fox"), "en-US"),
        "quota": refusals.refusal(QuotaExceeded(say("Nothing left."), say("Wait.")), "en-US"),
        "a next step": refusals.refusal(
            NotAllowed(
                say("Read this first."),
                steps=(NextStep(action=Acknowledge(sanction_id=1), label=say("I have")),),
            ),
            "en-US",
        ),
        "our fault": refusals.refusal(refusals.our_fault(812), "en-US"),
    } == snapshot


def typed(error: PromptError, prompt: str) -> PromptError:
    """A refusal of what was typed."""
    error.prompt = prompt
    return error


@given(prompt=st.text(st.characters(codec="utf-8"), min_size=1, max_size=4000))
@example("x" * 4000)
@example("`" * 4000)
@example("a wide harbour at dawn, " * 60 + "and a lighthouse --steps 500")
def test_what_was_typed_is_given_back_whole_in_the_message_or_as_a_file(prompt: str) -> None:
    error = typed(PromptError(*[say("A long sentence of a mistake, with its cure.")] * 11), prompt)
    payload = refusals.refusal(error, "en-US")
    file = refusals.prompt_file(error, payload, "en-US")
    assert len(payload.content) <= MAX_CONTENT
    if file is None:
        assert visible(prompt) in payload.content
        assert payload.content.count("```") == 2
    else:
        assert (file.name, file.data) == ("prompt.txt", prompt.encode())
        assert "in the file below" in payload.content


@given(prompt=st.text(min_size=1, max_size=4000))
def test_no_prompt_makes_a_message_too_long_or_mentions_anybody(prompt: str) -> None:
    for payload in (
        messages.progress(JobUpdate(job=job(prompt=prompt))),
        messages.result(job(prompt=prompt)),
        messages.ended(job(prompt=prompt, status=JobStatus.FAILED, failure=Failure.CRASHED)),
        refusals.refusal(typed(PromptError(say("No.")), prompt), "en-US"),
    ):
        assert len(payload.content) <= MAX_CONTENT
    assert "@everyone" not in messages.result(job(prompt=prompt + "@everyone")).content


def test_of_a_long_prompt_a_heading_shows_three_hundred_letters() -> None:
    prompt = "a wide harbour at dawn, " * 60
    content = messages.result(job(prompt=prompt)).content
    shown = content.split("**")[1]
    assert (len(shown), shown[-1]) == (messages.MAX_PROMPT, "…")
    assert "Apps → Details" in content
    assert "Details" not in messages.result(job()).content
    assert len(messages.progress(JobUpdate(job=job(prompt=prompt))).content) < 500


@given(prompt=st.text(min_size=1, max_size=4000))
def test_a_description_is_the_prompt_as_text_within_discords_limit(prompt: str) -> None:
    for description in (
        messages.described(job(prompt=prompt)),
        messages.described(job(prompt=prompt), is_preview=True),
        messages.described(job(prompt=prompt, kind=JobKind.PICK)),
    ):
        assert len(description) <= MAX_DESCRIPTION
        assert visible(job(prompt=prompt).prompt)[:900] in description


def test_descriptions(snapshot: SnapshotAssertion) -> None:
    assert {
        "grid": messages.described(job()),
        "tile": messages.described(job(kind=JobKind.PICK, recipe=RECIPE.only(1))),
        "preview": messages.described(job(), is_preview=True),
        "blocked by the guild's filter": messages.described(job(), says_prompt=False),
    } == snapshot
    assert messages.file_name(job(), "5x", "webp", says_prompt=False) == "picture_5x.webp"


@given(prompt=st.text(max_size=4000), token=st.from_regex(r"[0-9a-fx]{3,20}", fullmatch=True))
def test_file_names_are_plain_and_hold_the_token(prompt: str, token: str) -> None:
    name = messages.file_name(job(prompt=prompt), token, "webp")
    assert name.isascii()
    assert name.endswith(f"_{token}.webp")
    assert len(name) < 100
