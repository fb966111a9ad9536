"""The embedded model reads what people type by the names of what it knows; what it learnt stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import CLIPTokenizer

from engine.library import Library
from engine.sketch import captions, tower
from engine.sketch.places import PLACES, wordings
from engine.sketch.prompts import Kind, hundred, untaught
from engine.sketch.reading import Reading
from engine.text import ids_of

READING = Reading()
PLAIN = st.text(alphabet="ab ,.-'é\n", max_size=40)
JOINING = ("a", "two", "my", "eating", "that is", "next to", "across a field")
PHRASES = st.sampled_from(
    ["a knight", "samurai", "in the jungle", "a photo of a", "uhd", "kings", ", ", *JOINING]
)


def reworded(typed: str) -> str:
    """The text as it is read."""
    read, end = "", 0
    for span, meant in READING.found(typed):
        read += typed[end : span.start] + meant
        end = span.stop
    return read + typed[end:]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a knight", "a prince"),
        ("A Knight and a cat", "A prince and a cat"),
        ("a limousine", "an automobile"),
        ("an icebreaker", "a sailboat"),
        ("limousines", "an automobile"),
        ("an elephant in antarctica", "an elephant in the snow"),
        ("a photo of a samurai, uhd, trending on artstation", "a ninja"),
        ("a fox, pixar style", "a fox, 3d style"),
        ("hogwarts", "castle"),
        ("a book", "an open book"),
        ("a cool car", "an automobile"),
        ("a samurai cat", "a samurai cat"),
        ("a tree branch", "a deciduous tree"),
        ("a city made of glass", "a city made of glass"),
        ("cool", "smiling face with sunglasses"),
        ("a fox, smiling, uhd", "a fox"),
        ("uhd, smiling, a fox", "a fox"),
        ("an enchanted cat", "a cat"),
        ("a house, woodcut", "a house, outline style"),
        ("viking", "prince"),
        ("reading", "open book"),
    ],
)
def test_what_has_another_name_is_read_by_it_and_what_cannot_be_drawn_is_not(typed: str, read: str) -> None:
    assert reworded(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "a purple apple",
        "an orange cat",
        "a robot and a heart",
        "a cat wearing a hat",
        "a happy dog at night",
        "a flying elephant",
        "a waterfall in the jungle",
        "a better cat",
        "northern lights over snowy hills",
        "a pile of poo in the snow",
        "a blackknight",
        "",
    ],
)
def test_what_it_reads_well_is_left_alone(typed: str) -> None:
    assert reworded(typed) == typed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a cat reading", "a cat"),
        ("a dog running on the beach", "a dog on the beach"),
        ("a lion, running through the snow", "a lion, in the snow"),
        ("a cat that is sleeping under a tree", "a cat under a tree"),
        ("a dancing bear", "a bear"),
        ("a wolf looking up at the moon", "a wolf next to a full moon"),
        ("an elephant in the jungle", "an elephant in a forest"),
        ("a horse galloping across a snowy landscape", "a horse in the snow"),
        ("a magical forest with glowing mushrooms", "a mushroom in a forest"),
        ("a city at night with two red robots", "a red robot in the city at night"),
        ("a park with trees", "a park with trees"),
        ("a forest full of mushrooms", "a mushroom in a forest"),
        ("a cat at sunset", "a cat at sunset"),
        ("a cat in the dark blue sea", "a cat in the blue sea"),
        ("a tiger in the dark forest", "a tiger in a pine forest"),
        ("two ducks in a pond", "a duck and a duck by a lake"),
        ("a tractor in a field with cows", "a tractor in a field with cow"),
        ("a hot air balloon above the desert", "a balloon in the desert"),
        ("a bird flying over a city at night", "a bird in the city at night"),
        ("a seal on the ice", "a seal in the snow"),
        ("a slice of pizza on a table", "a pizza on a table"),
    ],
)
def test_what_somebody_does_is_not_read_and_where_they_are_is(typed: str, read: str) -> None:
    assert reworded(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a monkey eating bananas", "a monkey with a banana"),
        ("a cat chasing a mouse", "a cat next to a mouse"),
        ("a fox reading a book", "a fox with an open book"),
        ("a wizard kicking his ball", "a mage with a soccer ball"),
        ("an owl playing guitar", "an owl with a guitar"),
        ("a man driving the car", "a man riding an automobile"),
        ("a bird flying over a house", "a bird next to a house"),
        ("my old elephant and her dog", "an old elephant and a dog"),
        ("a fox on the beach", "a fox on the beach"),
    ],
)
def test_what_joins_two_things_is_read_as_what_it_learnt_to_join_them_by(typed: str, read: str) -> None:
    assert reworded(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("two cats", "a cat and a cat"),
        ("a photo of three angry owls", "an angry owl and an angry owl"),
        ("a group of knights in the jungle", "a prince and a prince in a forest"),
        ("two dogs playing in the park", "a dog and a dog in the park"),
        ("cats and dogs", "a cat and a dog"),
        ("two dogs and a cat", "a dog and a cat"),
        ("two dogs chasing a cat", "a dog next to a cat"),
        ("a girl with two dogs", "a girl with a dog"),
        ("a bunch of grapes", "a grapes"),
        ("pair of old owls", "an old owl and an old owl"),
    ],
)
def test_of_several_two_are_read_where_nothing_else_stands_beside_them(typed: str, read: str) -> None:
    assert reworded(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("can u draw a hampster eating a strawbery", "a hamster with a strawberry"),
        ("pls draw an elpehant lol", "an elephant"),
        ("a dragon hatching", "a dragon"),
        ("a rabit with a carrot", "a rabbit with a carrot"),
        ("a spooky forrest with mushrooms", "a mushroom in a forest"),
        ("a lion, smiling, uhd", "a lion"),
    ],
)
def test_what_is_mistyped_is_read_as_what_was_meant_and_chatter_is_not_read(typed: str, read: str) -> None:
    assert reworded(typed) == read


def test_what_it_learnt_is_read_as_it_was_learnt() -> None:
    settings = [
        f"a cat{setting}"
        for place in PLACES.values()
        for light in place.lights
        for setting in wordings(place, light)[1]
    ]
    names = [name for place in PLACES.values() for name in wordings(place, place.lights[0])[0]]
    styles = [f"a cat, {word}" for words in captions.STYLE_WORDS.values() for word in words]
    asked = [prompt.text for prompt in hundred() if prompt.kind in {Kind.NOUN, Kind.STYLE, Kind.PAIR}]
    for typed in (*settings, *names, *tower.LANDS, *styles, *asked):
        assert reworded(typed) == typed


def test_words_that_no_training_taught_are_read_by_what_they_come_nearest_to() -> None:
    read = {prompt.text: reworded(prompt.text) for prompt in untaught()}
    assert sum(typed != meant for typed, meant in read.items()) > 0.9 * len(read)
    assert read["a gladiator"] == "a prince"


@given(st.lists(st.one_of(PLAIN, PHRASES), max_size=6).map("".join))
def test_of_any_text_places_are_found_in_their_order_and_apart(typed: str) -> None:
    found = READING.found(typed)
    end = 0
    for span, _ in found:
        assert end <= span.start < span.stop <= len(typed)
        end = span.stop


def test_a_long_text_is_read_at_once() -> None:
    long = "a knight, " * 2000
    assert reworded(long) == "a prince, " * 2000


def test_the_engine_encodes_what_is_read_and_finds_the_words_as_they_were_typed(sketch: Library) -> None:
    text = sketch.checkpoint("sketch").text
    typed, meant = (
        text.encode(one, 1).prompt_embeds for one in ("a limousine and a cat", "an automobile and a cat")
    )
    assert typed.equal(meant)
    words = text.words("a limousine and a cat")
    assert [word.text for word in words] == ["a", "limousine", "and", "a", "cat"]
    assert words[1].positions == (2,)
    assert [word.read_as for word in words] == [None, "automobile", None, None, None]
    assert [word.text for word in text.words("a bear dancing in the rain")] == [
        "a",
        "bear",
        "in",
        "the",
        "rain",
    ]
    assert text.unread("a knight " * 60)


def test_of_a_long_text_no_words_are_sought_where_none_are_read(
    sketch: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, tokenized = sketch.checkpoint("sketch").text, list[str]()

    def counted(part: str, tokenizer: CLIPTokenizer) -> list[int]:
        tokenized.append(part)
        return ids_of(part, tokenizer)

    monkeypatch.setattr("engine.text.ids_of", counted)
    monkeypatch.setattr("engine.families.unet.ids_of", counted)
    words = text.words("a knight and a story of cats in a forest, " * 100)
    assert len(words) < 77
    assert len(tokenized) < 5000


def test_other_models_read_what_is_typed(library: Library) -> None:
    text = library.checkpoint("tiny").text
    knight, prince = (text.encode(one, 1).prompt_embeds for one in ("a knight", "a prince"))
    assert not knight.equal(prince)
