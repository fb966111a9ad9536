"""What is said while an area of a picture is chosen."""

from syrupy.assertion import SnapshotAssertion

from bot.domain.next_steps import Draw, NextStep
from bot.domain.sentences import say
from bot.messages import regions as messages
from bot.services.regions import Choosing, Proposal
from tests.bot.builders import job


def test_the_panel_and_what_was_found(snapshot: SnapshotAssertion) -> None:
    step = NextStep(action=Draw(kept_id=7), label=say("Draw it"))
    assert {
        "nothing chosen": messages.panel(Choosing(job=job(), cells=0, picture=b""), 0, "en-US"),
        "one cell": messages.panel(Choosing(job=job(), cells=1 << 4, picture=b""), 0, "en-US"),
        "all cells": messages.panel(Choosing(job=job(), cells=511, picture=b""), 3, "en-US"),
        "found": messages.proposal(Proposal(picture=b"", share=0.214, step=step), "en-US"),
    } == snapshot
