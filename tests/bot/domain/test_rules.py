"""Guilds' words: every disguise is seen through, clean prompts pass, and it costs next to nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import skeleton
from bot.domain.errors import Unreadable
from bot.domain.moderation import is_explicit
from bot.domain.rules import GuildRule, Place, Weight, broken, found_in, to_phrase
from tests.bot.builders import RECIPE
from tests.bot.domain.test_moderation import DISGUISES

WIDE = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ")
SMALL = str.maketrans("aeikmnot", "ᴀᴇɪᴋᴍɴᴏᴛ")
CYRILLIC = str.maketrans("aeopcyx", "аеорсух")
LEET = str.maketrans("aeiots", "431075")
SYMBOLS = str.maketrans("aeis", "@€!$")


def disguises(word: str) -> dict[str, str]:
    """One word, written so that a person still reads it."""
    half = len(word) // 2
    first_vowel = next(letter for letter in word if letter in "aeiou")
    return {
        "plain": word,
        "capitals": word.upper(),
        "mixed case": "".join(c.upper() if i % 2 else c for i, c in enumerate(word)),
        "full width": word.translate(WIDE),
        "small capitals": word.translate(SMALL),
        "mathematical bold": "".join(chr(0x1D41A + ord(c) - 97) for c in word),
        "mathematical script": "".join(chr(0x1D4EA + ord(c) - 97) for c in word),
        "double-struck": "".join(chr(0x1D552 + ord(c) - 97) for c in word),
        "fraktur": "".join(chr(0x1D586 + ord(c) - 97) for c in word),
        "monospace": "".join(chr(0x1D68A + ord(c) - 97) for c in word),
        "circled": "".join(chr(0x24D0 + ord(c) - 97) for c in word),
        "parenthesised": "".join(chr(0x249C + ord(c) - 97) for c in word),
        "squared": "".join(chr(0x1F130 + ord(c) - 97) for c in word),
        "negative circled": "".join(chr(0x1F150 + ord(c) - 97) for c in word),
        "regional indicators": "".join(chr(0x1F1E6 + ord(c) - 97) for c in word),
        "cyrillic": word.translate(CYRILLIC),
        "accents": "".join(f"{c}\u0301" for c in word),
        "diaeresis": "".join(f"{c}\u0308" for c in word),
        "struck through": "".join(f"{c}\u0336" for c in word),
        "zalgo": "".join(f"{c}\u0337\u031b\u034e" for c in word),
        "zero width space": "\u200b".join(word),
        "joiner": "\u200d".join(word),
        "word joiner": "\u2060".join(word),
        "soft hyphen": "\u00ad".join(word),
        "bidi": f"{word[:half]}\u202e{word[half:]}\u202c",
        "digits": word.translate(LEET),
        "symbols": word.translate(SYMBOLS),
        "doubled": "".join(c * 2 for c in word),
        "stretched": word.replace(first_vowel, first_vowel * 5, 1),
        "spaced": " ".join(word),
        "dotted": ".".join(word),
        "dashed": "-".join(word),
        "underlined": "_".join(word),
        "cut by a hyphen": f"{word[:half]}-{word[half:]}",
    }


CLEAN = """
a red fox in the snow, golden hour, 35mm
a snaked river through a green valley
portrait of an old fisherman, oil painting --ar 2:3
the clone wars, clown fish excluded, coral reef
gram scales on a wooden table, still life
un zorro rojo en la nieve, luz dorada
ein Leuchtturm bei Nacht, Öl auf Leinwand
une forêt brumeuse, aquarelle
雪の中の赤い狐、浮世絵
一只红狐狸在雪地里
눈 속의 붉은 여우
красная лиса на снегу
ثعلب أحمر في الثلج
κόκκινη αλεπού στο χιόνι
μια γάτα, ein Kater, un gato --no text, blur
""".strip().split("\n")


def rule(phrase: str, weight: Weight = Weight.HEAVY, place: Place = Place.ANYWHERE) -> GuildRule:
    return GuildRule(id=1, guild_id=1, phrase=phrase, weight=weight, place=place)


@pytest.fixture(params=["decancer", "standard library"])
def _lookalikes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "decancer":
        monkeypatch.setattr(skeleton, "_cure", None)


@pytest.mark.usefixtures("_lookalikes")
@pytest.mark.parametrize("word", ["naked", "gremlin", "swastika", "blood"])
def test_at_least_thirty_of_thirty_four_disguises_are_seen_through(word: str) -> None:
    written = disguises(word)
    assert len(written) == 34
    missed = [name for name, text in written.items() if not found_in((word,), f"a {text} in a park")]
    assert len(missed) <= 4, missed


@pytest.mark.usefixtures("_lookalikes")
def test_the_disguises_that_the_rule_on_minors_knows() -> None:
    missed = [name for name, text in DISGUISES.items() if not found_in(("naked",), f"a {text} man")]
    assert len(missed) <= len(DISGUISES) - 30, missed


@pytest.mark.usefixtures("_lookalikes")
def test_no_clean_prompt_is_blocked() -> None:
    assert len(CLEAN) == 15
    words = ("naked", "gremlin", "swastika", "blood", "gore", "nazi", "corpse", "snake bite", "hitler")
    assert {prompt: found_in(words, prompt) for prompt in CLEAN} == dict.fromkeys(CLEAN, frozenset())
    assert [prompt for prompt in CLEAN if is_explicit(prompt)] == []


@pytest.mark.parametrize(
    ("phrase", "text", "is_found"),
    [
        ("evil clown", "an evil, evil clown", True),
        ("evil clown", "an evil man and a clown", False),
        ("niña", "una niña", True),
        ("t-shirt", "a t-shirt", True),
        ("smørrebrød", "smørrebrød with egg", True),
        ("клоун", "грустный клоун", True),
        ("клоун", "клоунада", False),
        ("小丑", "悲伤的小丑在哭", True),
        ("ピエロ", "悲しいピエロ", True),
        ("삐에로", "슬픈 삐에로", True),
        ("🍆", "a 🍆 emoji", True),
        ("cat", "concatenate", False),
        ("cat", "a c@t", True),
    ],
)
def test_phrases_of_all_scripts(phrase: str, text: str, is_found: bool) -> None:  # noqa: FBT001
    assert (found_in((to_phrase(phrase),), text) == {phrase}) is is_found


def test_the_heaviest_rule_comes_first() -> None:
    rules = [rule("a cat", Weight.SOFT), rule("clown", Weight.LIGHT), rule("gore", Weight.HEAVY)]
    hit = broken(rules, "gore, a cat, a clown", "")
    assert [one.phrase for one in hit] == ["gore", "clown", "a cat"]
    assert broken(rules, "an apple", "") == []
    assert broken([], "gore", "") == []


def test_what_is_taken_out_of_a_picture_may_make_it_explicit() -> None:
    assert is_explicit("a woman", "clothes")
    assert not is_explicit("a woman", "nude, naked")
    assert not is_explicit("a woman", "hat")
    assert is_explicit(RECIPE.prompt.parts[0].text + ", nude")


@given(st.text(max_size=200))
def test_any_phrase_is_a_rule_or_refused(typed: str) -> None:
    try:
        phrase = to_phrase(typed)
    except Unreadable:
        return
    assert to_phrase(phrase) == phrase
    assert found_in((phrase,), f"a fox, {phrase}, in the snow") <= {phrase}


def test_a_prompt_against_a_long_list_takes_less_than_a_millisecond() -> None:
    letters = "bcdfghklmnprstvwz"
    words = tuple(f"{a}a{b}o{c}" for a in letters for b in letters[:7] for c in letters[:2])[:230]
    prompt = "a red fox in the snow, golden hour, 35mm, dramatic light, très beau --ar 3:2"
    found_in(words, prompt)
    best = 1.0
    for _ in range(7):
        begin = time.thread_time()
        found_in(words, prompt)
        best = min(best, time.thread_time() - begin)
    assert best < 0.001
