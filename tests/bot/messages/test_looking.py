"""Prompts that were found, as people read them, and as a press reads them again."""

from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.echo import echo, unechoed, visible
from bot.messages import looking as messages
from bot.messages.payload import MAX_CONTENT
from bot.services.looking import ShortenedPrompt, Word


def words(*told: tuple[str, float]) -> tuple[Word, ...]:
    return tuple(Word(text=text, share=share, is_struck=share < 0.1) for text, share in told)


def test_prompts_for_a_picture(snapshot: SnapshotAssertion) -> None:
    prompts = ("a red fox --ar 3:2", "a snake_case *fox* --ar 3:2", "#1 in a wood --ar 3:2", "d --ar 3:2")
    assert messages.described(prompts, "en-US", turn=2) == snapshot


def test_a_prompt_word_by_word(snapshot: SnapshotAssertion) -> None:
    fox = words(("a", 0.01), ("very", 0.02), ("red", 0.4), ("fox,", 0.5), ("8k", 0.07))
    short = ShortenedPrompt(
        parts=(fox, words(("snow_fall", 1.0))),
        shorter=("red fox::2 snow_fall --no blur", "fox::2 snow_fall --no blur"),
    )
    assert messages.shortened(short, "en-US") == snapshot
    assert messages.shortened(ShortenedPrompt(parts=(fox,), shorter=()), "en-US") == snapshot


@given(st.lists(st.text(min_size=1, max_size=300).map(visible).filter(bool), min_size=1, max_size=5))
def test_what_is_offered_is_what_a_press_draws(prompts: list[str]) -> None:
    shown = messages.described(prompts, "en-US")
    assert len(shown.content) <= MAX_CONTENT
    offered = list(messages.offered(shown.content).values())
    assert offered
    assert offered == prompts[-len(offered) :]
    assert len(shown.rows[0]) == len(offered)


@given(st.text(max_size=400))
def test_what_was_escaped_is_read_as_it_is_seen(text: str) -> None:
    assert unechoed(echo(text)) == visible(text)


def test_of_the_longest_prompt_the_shortest_ones_are_kept() -> None:
    long = tuple(Word(text=f"word_{number}", share=1 / 200, is_struck=False) for number in range(200))
    whole = " ".join(word.text for word in long)
    short = ShortenedPrompt(parts=(long,), shorter=tuple(whole[: 1500 // n] for n in (1, 2, 3, 5)))
    shown = messages.shortened(short, "en-US")
    assert len(shown.content) <= MAX_CONTENT
    assert "…" in shown.content
    assert list(messages.offered(shown.content).values()) == [short.shorter[-1]]
