"""What people type becomes the nearest thing that is known, token by token, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from engine.sketch import rewording, text, words
from engine.sketch.concepts import COMMON
from engine.sketch.config import Config
from engine.sketch.data import Concept
from engine.sketch.places import PLACES, wordings
from engine.sketch.prompts import OTHER_WORDS
from engine.sketch.rewording import Lesson
from tests.engine.sketch.conftest import THINGS

KNOWN = {" ".join(name.split()) for name in COMMON.split(",")}
VIEWS, SETTINGS = (
    {said for place in PLACES.values() for light in place.lights for said in wordings(place, light)[which]}
    for which in (0, 1)
)
LATE = {behind for place in PLACES.values() for light in place.lights for behind in light.after}


@pytest.fixture
def tokenizer(toy: Config) -> CLIPTokenizer:
    prompts = [
        *THINGS,
        "a fierce knight in armour holding a mug in the snow, octane render",
        "an owl , sword",
    ]
    return text.train_tokenizer(prompts, 600, 24, toy.work / "tokenizer")


@pytest.fixture
def lesson(tokenizer: CLIPTokenizer) -> Lesson:
    senses = {"knight": "astronaut", "mug": "top hat", "fine steed": "horse"}
    return Lesson(tokenizer=tokenizer, things=tuple(THINGS), senses=senses, derived={"pony": "horse"})


def spelled(lesson: Lesson, ids: list[int]) -> list[str]:
    return [token.removesuffix("</w>") for token in lesson.tokenizer.convert_ids_to_tokens(ids)]


def test_words_become_what_people_mean_by_them_first() -> None:
    meant = {
        "orange": "tangerine",
        "cherry": "cherries",
        "knight": "prince",
        "king": "prince",
        "squirrel": "chipmunk",
        "jungle": "forest",
        "winter": "winter landscape",
        "earth": "globe showing europe-africa",
    }
    assert {word: words.nearest(word, KNOWN | VIEWS) for word in meant} == meant


def test_a_model_that_knows_less_draws_the_next_best() -> None:
    assert words.nearest("squirrel", {"mouse", "house"}) == "mouse"
    assert words.nearest("girl", {"woman"}) == "woman"
    assert words.nearest("girl", {"girl", "woman"}) == "girl"
    assert words.nearest("girl", {"house"}) is None
    assert words.nearest("zxqv", {"house"}) is None


def test_every_word_becomes_something_that_is_drawn() -> None:
    known = KNOWN | VIEWS
    assert [word for word in words.senses() if words.nearest(word, known) is None] == []
    assert set(words.SETTINGS) <= SETTINGS | LATE


def test_the_first_line_that_has_a_word_counts() -> None:
    senses = words.read(["cat|dog: kitty, puss,", "    tom", "dog: tom, pup"])
    assert senses["tom"].things == ("cat", "dog")
    assert senses["pup"].things == ("dog",)
    assert senses["cat"].things == ("dog",)


def test_a_tenth_of_the_words_is_never_taught() -> None:
    known = KNOWN | VIEWS
    held_out = {word for word, sense in words.senses().items() if sense.is_held_out}
    assert 0.06 < len(held_out) / len(words.senses()) < 0.12
    assert not held_out & set(words.taught(known))


def test_the_other_words_of_the_evaluation_are_not_taught() -> None:
    taught = words.taught(KNOWN | VIEWS)
    asked = [said.removeprefix("a ").removeprefix("an ") for said, _ in OTHER_WORDS]
    assert [word for word in asked if word in taught or word in KNOWN] == []
    assert all(name in KNOWN for _, names in OTHER_WORDS for name in names.split(", "))


def test_each_token_has_its_counterpart(lesson: Lesson) -> None:
    said, known, places = lesson.encode(
        [
            ("draw me a ", "a "),
            ("fierce ", ""),
            ("fine steed", "horse"),
            (" in the snow", " in the snow"),
            (", octane render", ""),
        ]
    )
    counterpart = {
        token: spelled(lesson, known)[place]
        for token, place in zip(spelled(lesson, said), places, strict=True)
    }
    assert spelled(lesson, known) == ["<|startoftext|>", "a", "horse", "in", "the", "snow", "<|endoftext|>"]
    assert [counterpart[token] for token in ("a", "in", "snow", "<|endoftext|>")] == [
        "a",
        "in",
        "snow",
        "<|endoftext|>",
    ]
    assert places[spelled(lesson, said).index(",")] == len(known) - 1
    horse = spelled(lesson, known).index("horse")
    assert places.count(horse) == len(lesson.tokenizer("fine steed", add_special_tokens=False).input_ids)


def test_of_a_longer_name_the_last_tokens_count(lesson: Lesson) -> None:
    said, known, places = lesson.encode([("mug", "top hat")])
    tail = lesson.tokenizer("mug", add_special_tokens=False).input_ids
    assert places[-1] == len(known) - 1
    assert places[len(said) - 2] == len(known) - 2
    assert len(places) == len(tail) + 2


def test_prompts_say_the_same_twice(lesson: Lesson) -> None:
    rng = np.random.default_rng(0)
    prompts = [lesson.prompt(rng) for _ in range(300)]
    pairs = [("".join(said for said, _ in each), "".join(known for _, known in each)) for each in prompts]
    assert 0.2 < sum(said == known for said, known in pairs) / len(pairs) < 0.6
    assert any("knight" in said and "astronaut" in known for said, known in pairs)
    assert not any(word in known for _, known in pairs for word in ("knight", "steed", "octane"))
    assert not any(f" {each}".count(" a a") or f" {each}".count(" a o") for pair in pairs for each in pair)


def test_a_batch_is_read_no_further_than_its_width(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewording, "WIDTHS", (7,))
    monkeypatch.setattr(rewording, "SHARES", (1.0,))
    ids, known_ids, counterparts = lesson.batch(np.random.default_rng(0), 70)
    assert ids.shape == counterparts.shape == (10, 7)
    assert known_ids.shape[1] == counterparts.max() + 1 <= 24


def test_a_mistyped_word_has_most_of_its_letters() -> None:
    rng = np.random.default_rng(0)
    typos = [rewording.mistyped("elephant", rng) for _ in range(50)]
    assert all(typo[0] == "e" and abs(len(typo) - 8) <= 1 for typo in typos)
    assert sum(typo != "elephant" for typo in typos) > 40
    assert rewording.mistyped("cat", rng) == "cat"


def test_several_are_said_as_people_do() -> None:
    assert [rewording.plural(word) for word in ("cat", "fox", "fairy", "monkey", "glasses")] == [
        "cats",
        "foxes",
        "fairies",
        "monkeys",
        "glasses",
    ]


def test_other_words_are_learnt_and_what_was_known_stays(
    toy: Config, tokenizer: CLIPTokenizer, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    known = text.build(len(tokenizer), replace(toy, positions=24))
    with torch.no_grad():
        known.embeddings.token_embedding.weight.mul_(50)
    monkeypatch.setattr(rewording, "open_lesson", lambda *_: lesson)
    plan = replace(toy.words, steps=150, batch=400, lr=1e-2, ema=0.9)
    student = rewording.train(tokenizer, known, replace(toy, words=plan))

    def misread(tower: CLIPTextModel, said: str, meant: str) -> float:
        with torch.no_grad():
            read, wanted = (
                each(text.tokenize(tokenizer, [prompt])).pooler_output
                for each, prompt in ((tower, said), (known, meant))
            )
        return float((read - wanted).square().mean())

    for said, meant in (("a knight", "an astronaut"), ("a fine steed", "a horse")):
        assert misread(student, said, meant) < 0.75 * misread(known, said, meant)
    assert misread(student, "a horse", "a horse") < 0.5 * misread(known, "a horse", "an astronaut")


def test_an_animal_becomes_an_animal_as_most_of_those_like_it_say() -> None:
    things, families = ["horse", "horse", "cow", "rose"], ["animals", "animals", "animals", "plants"]
    assert rewording.elect(torch.tensor([0.6, 0.5, 0.65, 0.9]), things, families, "05") == "horse"
    assert rewording.elect(torch.tensor([0.6, 0.5, 0.65, 0.9]), things, families, "20") == "rose"
    assert rewording.elect(torch.tensor([0.2, 0.2, 0.3, 0.9]), things, families, "05") is None


def test_families_of_things() -> None:
    def concept(group: str, subgroup: str) -> Concept:
        return Concept(key="1", label="thing", tags=(), group=group, subgroup=subgroup)

    assert rewording.family(concept("animals & nature", "birds")) == "animals"
    assert rewording.family(concept("animals & nature", "flowers")) == "plants"
    assert rewording.family(concept("food & drink", "dishware")) == "things"
    assert rewording.family(concept("people & body", "fantasy")) == "people"
