"""The bench's table, and asking at once."""

import pytest

from playground import Playground
from playground.bench import ask_at_once, table


def test_the_table_says_who_was_answered_when() -> None:
    assert table([0.1] * 98 + [1.0, 2.5], asked=101, deferred=12, refused=3).splitlines() == [
        "asked  answered  under 2 s  deferred  refused      p50      p99      max",
        "  101       100         99        12        3  0.100 s  1.000 s  2.500 s",
    ]


def test_no_answer_is_said() -> None:
    assert table([], asked=5, deferred=0, refused=0) == "5 asked, none answered in time"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.usefixtures("bot")
async def test_members_ask_at_once(playground: Playground) -> None:
    playground.answer_within = 30  # how fast this machine is proves nothing here
    calls = await ask_at_once(playground, 20)
    assert [call.error for call in calls] == [None] * 20
    assert len({call.member.id for call in calls}) == 20
