"""The prompt language: what is read, every mistake with its cure, and that nothing else can happen."""

import contextlib
import time
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.echo import echo
from bot.domain.errors import PromptError
from bot.domain.loras import ChosenLora
from bot.domain.parameters import FIELDS, MAX_SEED, ROWS, Parameters, SameSeed
from bot.domain.parameters.table import QUALITIES
from bot.domain.prompt import ImagePrompt, Part, Prompt, parse, parse_all
from bot.domain.prompt.foreign import FOREIGN
from bot.domain.samplers import A1111
from bot.domain.size import AspectRatio


def plain(text: str, **parameters: object) -> Prompt:
    """A prompt of one part."""
    return Prompt(parts=(Part(text=text),), parameters=replace(Parameters(), **parameters))  # type: ignore[arg-type]


def lora(name: str, weight: float = 1.0) -> ChosenLora:
    """A LoRA."""
    return ChosenLora(name=name, weight=weight)


def ratio(width: int, height: int) -> AspectRatio:
    """A ratio."""
    return AspectRatio(width=width, height=height)


def mistakes(text: str) -> list[str]:
    """The sentences that the member reads."""
    with pytest.raises(PromptError) as caught:
        parse(text)
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("a red apple", plain("a red apple")),
        ("  a\n red\t apple ", plain("a red apple")),
        ("a fox --ar 3:2 --seed 7", plain("a fox", aspect_ratio=ratio(3, 2), seed=7)),
        ("a fox --aspect 16:9", plain("a fox", aspect_ratio=ratio(16, 9))),
        ("a fox --AR 3:2 --Seed 007", plain("a fox", aspect_ratio=ratio(3, 2), seed=7)),
        ("a fox —ar 3:2 –seed 7", plain("a fox", aspect_ratio=ratio(3, 2), seed=7)),
        ("a fox -ar 3:2 −−seed 7", plain("a fox", aspect_ratio=ratio(3, 2), seed=7)),
        ("狐 －－ar 3:2 －seed 7", plain("狐", aspect_ratio=ratio(3, 2), seed=7)),
        ("a well-no-so fox, x-ray -no-one", plain("a well-no-so fox, x-ray -no-one")),
        ("a fox --no text, blurry  hands,, text", plain("a fox", negative=("text", "blurry hands"))),
        ("a fox --no text --steps 30", plain("a fox", negative=("text",), steps=30)),
        ("a fox--ar 3:2", plain("a fox", aspect_ratio=ratio(3, 2))),
        ("a fox,--ar 3:2", plain("a fox,", aspect_ratio=ratio(3, 2))),
        (f"a fox --seed {MAX_SEED}", plain("a fox", seed=MAX_SEED)),
        ("a\0 fox\x07\ud800", plain("a fox")),
        ("a well-known fox -- not a dog", plain("a well-known fox -- not a dog")),
        ("dark—no light, a castle —old and grey", plain("dark—no light, a castle —old and grey")),
        ("family 👨‍👩‍👧 portrait", plain("family 👨‍👩‍👧 portrait")),
        ("کتاب\u200cها", plain("کتاب\u200cها")),
        ("fox::", plain("fox")),
    ],
)
def test_what_is_read(text: str, prompt: Prompt) -> None:
    assert parse(text) == prompt


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("hot::2 dog", [("hot", 2), ("dog", 1)]),
        ("hot:: dog", [("hot", 1), ("dog", 1)]),
        ("hot::dog", [("hot", 1), ("dog", 1)]),
        ("a field::1.5 red flowers::-0.5", [("a field", 1.5), ("red flowers", -0.5)]),
        ("a::.5 b::+2", [("a", 0.5), ("b", 2)]),
        ("a:: 2 dogs", [("a", 1), ("2 dogs", 1)]),
        ("a::2nd dog", [("a", 1), ("2nd dog", 1)]),
        ("a fox::2 --seed 1", [("a fox", 2)]),
        ("a:: :: b", [("a", 1), ("b", 1)]),
        ("a::-0 b", [("a", 0), ("b", 1)]),
    ],
)
def test_weights(text: str, parts: list[tuple[str, float]]) -> None:
    assert [(part.text, part.weight) for part in parse(text).parts] == parts


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("https://a.b/x.png a fox", [("https://a.b/x.png", 1)]),
        ("https://a.b/x.png::2 a fox", [("https://a.b/x.png", 2)]),
        ("https://a.b/x.png ::.5 a fox", [("https://a.b/x.png", 0.5)]),
        ("https://a.b/x.png:: a fox", [("https://a.b/x.png", 1)]),
        ("https://a.b/x.png::a fox", [("https://a.b/x.png", 1)]),
        ("<https://s.mj.run/aBc> a fox", [("https://s.mj.run/aBc", 1)]),
        (
            "<https://s.mj.run/a>::2 <https://s.mj.run/b> a fox",
            [("https://s.mj.run/a", 2), ("https://s.mj.run/b", 1)],
        ),
        (r"https\://a.b/x\_y.png a fox", [("https://a.b/x_y.png", 1)]),
        ("https://a.b/x.png, https://a.b/y.png, a fox", [("https://a.b/x.png", 1), ("https://a.b/y.png", 1)]),
        ("https://a.b/x.png,https://a.b/y.png a fox", [("https://a.b/x.png", 1), ("https://a.b/y.png", 1)]),
        ("[a cat](https://a.b/x.png) a fox", [("https://a.b/x.png", 1)]),
        ("HTTPS://a.b/X.PNG a fox", [("https://a.b/X.PNG", 1)]),
        ("i.imgur.com/x.jpg a fox", [("https://i.imgur.com/x.jpg", 1)]),
        ("https://a.b/a-fox--v6.png?ex=1&is=2 a fox", [("https://a.b/a-fox--v6.png?ex=1&is=2", 1)]),
        ("picture:12.3 upload:7::2 a fox", [("picture:12.3", 1), ("upload:7", 2)]),
        ("/imagine prompt: https://a.b/x.png a fox", [("https://a.b/x.png", 1)]),
        ("**<https://a.b/x.png> a fox** - <@42> (fast)", [("https://a.b/x.png", 1)]),
    ],
)
def test_links_before_the_text_are_pictures(text: str, images: list[tuple[str, float]]) -> None:
    prompt = parse(text)
    assert [(image.link, image.weight) for image in prompt.images] == images
    assert [part.text for part in prompt.parts] == ["a fox"]
    assert parse(str(prompt)) == prompt == parse(echo(str(prompt)))


TOGETHER = {
    "a fox --iw 2": ("a fox", "there is none"),
    "https://a.b/x.png a fox --sw 50": ("https://a.b/x.png a fox", "`--sref` counts"),
    "a fox --cw 50 --tile": ("a fox --tile", "`--cref` counts"),
    "a fox --zoom 2": ("a fox", "**Custom Zoom**"),
    "a fox --fast --turbo": ("a fox --turbo", "keep only one"),
    "a fox --draft --steps 9": ("a fox --steps 9", "keep only one"),
    "a fox --seed 1 --sameseed 2": ("a fox --sameseed 2", "two seeds"),
}


@pytest.mark.parametrize(("text", "told"), TOGETHER.items())
def test_what_cannot_be_together_or_counts_for_nothing_is_told_and_can_be_left_out(
    text: str, told: tuple[str, str]
) -> None:
    with pytest.raises(PromptError) as refused:
        parse_all(text)
    assert (refused.value.without, told[1] in str(refused.value)) == (told[0], True)


def test_all_that_cannot_be_together_is_told_at_once() -> None:
    with pytest.raises(PromptError) as refused:
        parse_all("a fox --fast --relax --draft --q 2 --sw 5 --iw 1 --zoom 2")
    assert len(refused.value.mistakes) == 5


def test_a_seed_of_the_same_noise_is_read_with_it() -> None:
    assert parse("a fox --sameseed 12").parameters.same_seed == SameSeed(seed=12)
    assert str(parse("a fox --sameseed 12 --ar 3:2")) == "a fox --ar 3:2 --sameseed 12"


def test_several_pictures_need_no_text_and_one_does() -> None:
    assert parse("https://a.b/x.png https://a.b/y.png --ar 3:2").parts == ()
    (sentence,) = mistakes("https://a.b/x.png --ar 3:2")
    assert sentence.startswith("One picture alone says too little")


def test_choices_may_stand_in_links() -> None:
    assert written_all("{https://a.b/x.png, https://a.b/y.png::2} fox") == [
        "https://a.b/x.png fox",
        "https://a.b/y.png::2 fox",
    ]


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("--sref https://a.b/x.png", ["https://a.b/x.png"]),
        ("--sref <https://a.b/x.png>::2, 0123 random::0.5", ["https://a.b/x.png::2", "123", "random::0.5"]),
        ("—sref 1234", ["1234"]),
        ("-sref RANDOM", ["random"]),
        ("--sref 1 --sref 2 --sref 1", ["1", "2"]),
    ],
)
def test_a_style_is_a_picture_a_number_or_chosen(text: str, references: list[str]) -> None:
    prompt = parse(f"a fox {text}")
    assert list(map(str, prompt.parameters.style_references)) == references
    assert parse(str(prompt)) == prompt


OTHER_MODEL = (
    "Not here: `--test`. Models are chosen with `--model`, or `--v`, as far as this server has them."
)
CURES = {
    "": ["There is nothing to draw yet: say what you want to see, as in `a red fox in the snow`."],
    "--ar 3:2": ["There is nothing to draw yet: say what you want to see, as in `a red fox in the snow`."],
    "a --ar16:9": ["`--ar` and its value need a space between them: write `--ar 16:9`."],
    "a --AR=16:9": ["`--ar` and its value need a space between them: write `--ar 16:9`."],
    "a —seed7": ["`--seed` and its value need a space between them: write `--seed 7`."],
    "a --ar": ["`--ar` needs a value, as in `--ar 3:2`."],
    "a --no , --seed": [
        "`--no` needs a value, as in `--no text, blur`.",
        "`--seed` needs a value, as in `--seed 7`.",
    ],
    "a --ar wide": ["`--ar` takes whole numbers with a colon: write `--ar 16:9`, not `wide`."],
    "a --ar 1.39:1": ["`--ar` takes whole numbers with a colon: write `--ar 139:100`, not `1.39:1`."],
    "a --ar 1.777777:1": ["`--ar` takes whole numbers with a colon: write `--ar 16:9`, not `1.777777:1`."],
    "a --ar 16/9": ["`--ar` takes whole numbers with a colon: write `--ar 16:9`, not `16/9`."],
    "a --ar 3x2": ["`--ar` takes whole numbers with a colon: write `--ar 3:2`, not `3x2`."],
    "a --ar 5:1": ["`--ar 5:1` is too wide: the widest is `--ar 4:1`."],
    "a --ar 1:4.1": ["`--ar 1:4.1` is too tall: the tallest is `--ar 1:4`."],
    "a --ar 0:1": ["Both numbers of `--ar` must be at least 1, for example `--ar 3:2`."],
    "a --seed -2": ["`--seed` takes a whole number from 0 to 4294967295: try `--seed 0`, not `-2`."],
    "a --seed 4294967296": [
        "`--seed` takes a whole number from 0 to 4294967295: try `--seed 4294967295`, not `4294967296`."
    ],
    "a --seed lucky": ["`--seed` takes a whole number from 0 to 4294967295: try `--seed 7`, not `lucky`."],
    "a --steps 20.6": ["`--steps` takes a whole number from 1 to 100: try `--steps 21`, not `20.6`."],
    "a --steps 1e3": ["`--steps` takes a whole number from 1 to 100: try `--steps 30`, not `1e3`."],
    "a --sed 3": ["I do not know `--sed`. Did you mean `--seed`?"],
    "a --glow 3": [
        "I do not know `--glow`. I know " + ", ".join(f"`--{row.name}`" for row in ROWS.values()) + "."
    ],
    "a --chaos 101": ["`--chaos` takes a whole number from 0 to 100: try `--chaos 100`, not `101`."],
    "a --c x": ["`--chaos` takes a whole number from 0 to 100: try `--chaos 20`, not `x`."],
    "a --stop 5": ["`--stop` takes a whole number from 10 to 100: try `--stop 10`, not `5`."],
    "a --q 3": ["`--quality` takes 0.25, 0.5, 1, 2, 4: try `--quality 2`, not `3`."],
    "a --guidance 0.5": ["`--guidance` takes a number from 1 to 30: try `--guidance 1`, not `0.5`."],
    "a --sampler eular": [
        "`--sampler` does not know `eular`. Try `--sampler euler`; there is "
        + ", ".join(f"`{name}`" for name in A1111)
        + "."
    ],
    "a --tile in the snow": ["Text goes before the parameters: move `in the snow` to the front of `--tile`."],
    "a --fast --relax": [
        "`--fast` and `--relax` say the same thing differently: keep only one, such as `--relax`."
    ],
    "a --steps 9 --q 2": [
        "`--steps` and `--quality` say the same thing differently: keep only one, such as `--quality`."
    ],
    "a --exp 3": ["Not here: `--exp`. Nearest are `--stylize` and `--chaos`."],
    "a --test --exp 100 --sed 1 --test": [
        "I do not know `--sed`. Did you mean `--seed`?",
        OTHER_MODEL,
        "Not here: `--exp`. Nearest are `--stylize` and `--chaos`.",
    ],
    "a --s 1200": ["`--stylize` takes a whole number from 0 to 1000: try `--stylize 1000`, not `1200`."],
    "a --w -1": ["`--weird` takes a whole number from 0 to 3000: try `--weird 0`, not `-1`."],
    "a --style oil": [
        (
            "`--style oil` is not here, only `--style raw`. Say the style in the text instead: "
            "`a fox, oil style`."
        )
    ],
    "a --style 4a": [
        "`--style 4a` is a code of another bot. Here it is `--style raw`, or a style by number: `--sref 42`."
    ],
    "a --style": ["`--style` needs a value, as in `--style raw`."],
    "a --raw meat": ["Text goes before the parameters: move `meat` to the front of `--style raw`."],
    "a --v six%": ["`--v` takes a version such as `--v 6`, not `six%`."],
    "a --v": ["`--v` needs a value, as in `--version 6`."],
    "a --niji in snow": ["Text goes before the parameters: move `in snow` to the front of `--niji`."],
    "a --niji 6 --v 6": [
        "`--version` and `--niji` say the same thing differently: keep only one, such as `--version`."
    ],
    "a --lora ink:5": ["A LoRA counts from -2 to 2: try `--lora ink:2`, not `ink:5`."],
    "a --lora ink:x": ["`--lora` takes a name and a weight, as in `--lora ink:0.8`, not `ink:x`."],
    "a --aspect-ratio 3:2": ["I do not know `--aspect-ratio`. Did you mean `--ar`?"],
    "a --ar 3:2 in the snow": [
        "Text goes before the parameters: move `in the snow` to the front of `--ar 3:2`."
    ],
    "a --seed 1 --seed 2 --SEED 3": [
        "`--seed` appears 3 times: keep only one, such as the last, `--seed 3`."
    ],
    "a --ar 3:2 --aspect 2:3": ["`--ar` appears 2 times: keep only one, such as the last, `--ar 2:3`."],
    "::2 a": ["There is no text before `::2`: write it first, as in `a fox::2`."],
    "a::-1": [
        "The weights add up to -1; together they must be above zero: raise one, as in `a fox::2 fog::-0.5`."
    ],
    "a::1 b::-1": [
        "The weights add up to 0; together they must be above zero: raise one, as in `a fox::2 fog::-0.5`."
    ],
    "a::5000": ["The weight `::5000` is too large: weights go from -1000 to 1000."],
    "a " + "--no x " * 31: ["The prompt has more than 30 parameters: keep those that matter."],
    "a:: " * 11: ["The prompt has 11 parts with `::`; the limit is 10. Join some of them."],
    "x" * 4001: ["The prompt has 4001 characters; the limit is 4000. Keep what matters most."],
}


@pytest.mark.parametrize(("text", "cures"), CURES.items())
def test_every_mistake_has_its_cure(text: str, cures: list[str]) -> None:
    assert mistakes(text) == cures


def test_all_mistakes_are_told_together() -> None:
    assert mistakes("::3 --ar16:9 --sed 3 --steps 0 --no") == [
        "There is no text before `::3`: write it first, as in `a fox::2`.",
        "There is nothing to draw yet: say what you want to see, as in `a red fox in the snow`.",
        "`--ar` and its value need a space between them: write `--ar 16:9`.",
        "I do not know `--sed`. Did you mean `--seed`?",
        "`--steps` takes a whole number from 1 to 100: try `--steps 1`, not `0`.",
        "`--no` needs a value, as in `--no text, blur`.",
    ]


def test_very_many_mistakes_are_counted() -> None:
    sentences = mistakes("a " + " ".join(f"--see{letter} 1" for letter in "abcefghijklmno"))
    assert len(sentences) == 11
    assert sentences[-1] == "And 4 more mistakes."


def test_invisible_text_is_empty() -> None:
    assert mistakes("\u200b\ufe0f") == CURES[""]


def test_no_mistake_shows_markup() -> None:
    (sentence,) = mistakes("a --ar `<@1>`")
    assert sentence == "`--ar` takes width:height, for example `--ar 3:2`, not `ˋ<@1>ˋ`."


@pytest.mark.parametrize(
    "bomb",
    [
        "-" * 4000,
        "—" * 4000,
        "--a " * 1000,
        "a--b" * 1000,
        "--ar" * 1000,
        "—ar16" * 700,
        "--x" * 1333,
        "x --" + "a" * 3900,
        "::" * 2000,
        "a::1 " * 800,
        "a::" + "9" * 3900,
        "a --seed " + "9" * 3900,
        "a --ar " + "9" * 1900 + ":" + "9" * 1900,
        "a --no " + "a," * 1900,
        "{a,b}" * 800,
        "(a:1)" * 800,
        "https://a " * 400,
        "\\" * 4000,
        "Steps: 1, " * 400,
        "- -" * 1300,
        "<lora:" * 660,
        "**" * 2000,
        "x" * 10_000_000,
    ],
)
def test_bombs_are_cheap(bomb: str) -> None:
    def cost(prompt: str) -> float:  # the processor's time: what others do meanwhile proves nothing
        begin = time.thread_time()
        with contextlib.suppress(PromptError):
            parse(prompt)
        return time.thread_time() - begin

    honest = [" ".join(f"word{i}x{j}" for j in range(400))[:3900] + " --ar 3:2" for i in range(25)]
    assert min(map(cost, [bomb] * 25)) < 10 * min(map(cost, honest))


pieces = st.sampled_from(
    [
        "--",
        "—",
        "–",
        "－",
        "::",
        ":",
        "-",
        " ",
        ",",
        ".",
        "ar",
        "no",
        "seed",
        "steps",
        "aspect",
        "3:2",
        "7",
        "2",
        "-1",
        "x",
    ]
    + [f"--{name} " for name in FIELDS]
    + ["\u200b", "\0", "\n", "`", "é", "_", "漢", "\u0301"]
)
odd_prompts = st.lists(pieces, max_size=30).map("".join)


@settings(max_examples=1500, deadline=None)
@given(st.one_of(odd_prompts, st.text(max_size=200)))
@example("ar--ar::")
@example("ar--no--arar")
def test_any_text_is_a_prompt_or_a_prompt_error(text: str) -> None:
    prompt = None
    with contextlib.suppress(PromptError):
        prompt = parse(text)
    assert prompt is None or parse(str(prompt)) == prompt


missing = st.sampled_from(
    [
        *[
            "--exp 75 ",
            "--sref https://a.b/c.png ",
            "--fast ",
            "—s 250 ",
            "--raw ",
            "--niji ",
            "--lora ink:0.8, pixel ",
            "{red, blue} ",
            "{a, {b, c}} ",
        ],
        *[
            "(fox:1.3) ",
            "((fox:1.3):1.2) ",
            "{a, {b, c}} ",
            "<lora:x:1> ",
            "<hypernet:x:1> ",
            "https://a.b/c.png ",
            "a fox ",
            "snow::2 ",
        ],
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(missing, pieces), max_size=12).map("".join))
@example("a fox --sref https://a.b/c.png {red, blue} hat")
@example("a fox {red, {blue, {green, gold}}}")
def test_what_is_left_of_a_prompt_without_what_is_not_here_can_be_read(text: str) -> None:
    without = None
    try:
        parse(text)
    except PromptError as error:
        without = error.without
    assert without is None or str(parse(without)) == without


links = st.one_of(
    st.from_regex(r"https://[a-z]{1,8}\.[a-z]{2,4}/[A-Za-z0-9_~%()?&=-]{0,20}[a-z0-9]", fullmatch=True),
    st.builds("picture:{}.{}".format, st.integers(1, 10**9), st.integers(1, 4)),
    st.builds("upload:{}".format, st.integers(1, 10**9)),
)
pictures = st.builds(ImagePrompt, link=links, weight=st.integers(0, 10**6).map(lambda number: number / 10**3))
codes = st.builds(ImagePrompt, link=st.integers(0, MAX_SEED).map(str) | st.just("random"))
words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
texts = st.lists(words, min_size=1, max_size=6).map(" ".join)
loras = st.builds(
    ChosenLora,
    name=st.from_regex(r"[a-zA-Z][a-z0-9_]{0,8}", fullmatch=True),
    weight=st.integers(-200, 200).map(lambda number: number / 100),
)
parameters = st.builds(
    Parameters,
    aspect_ratio=st.none() | st.builds(AspectRatio, width=st.integers(25, 100), height=st.integers(25, 100)),
    negative=st.lists(texts, max_size=4, unique=True).map(tuple),
    seed=st.none() | st.integers(0, MAX_SEED),
    chaos=st.none() | st.integers(0, 100),
    is_tile=st.booleans(),
    stop=st.none() | st.integers(10, 100),
    quality=st.none() | st.sampled_from(QUALITIES),
    guidance=st.none() | st.integers(100, 3000).map(lambda number: number / 100),
    sampler=st.none() | st.sampled_from(sorted(A1111)),
    is_relaxed=st.booleans(),
    stylize=st.none() | st.integers(0, 1000),
    is_raw=st.booleans(),
    weird=st.none() | st.integers(0, 3000),
    loras=st.lists(loras, max_size=3, unique=True).map(tuple),
    is_hd=st.booleans(),
    image_weight=st.none() | st.integers(0, 300).map(lambda number: number / 100),
    style_references=st.lists(pictures | codes, max_size=3, unique=True).map(tuple),
    character_references=st.lists(pictures, max_size=3, unique=True).map(tuple),
    same_seed=st.none() | st.just(SameSeed()),
)
named_models: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.fixed_dictionaries({"model": st.from_regex(r"[a-zA-Z][a-z0-9.]{0,8}[a-z0-9]", fullmatch=True)}),
    st.fixed_dictionaries({"version": st.sampled_from(["6", "6.1", "sdxl"])}),
    st.fixed_dictionaries({"niji": st.sampled_from(["", "6"])}),
    st.just({}),
)
weights = st.integers(1, 10**7).map(lambda number: number / 10**4)
parts = st.lists(st.builds(Part, text=texts, weight=weights), min_size=1, max_size=5).map(tuple)


@settings(max_examples=500, deadline=None)
@given(
    st.builds(Prompt, parts=parts, images=st.lists(pictures, max_size=4).map(tuple), parameters=parameters),
    named_models,
)
def test_what_is_written_is_read_again(prompt: Prompt, model: dict[str, str]) -> None:
    prompt = replace(prompt, parameters=replace(prompt.parameters, **model))  # type: ignore[arg-type]
    assert parse(str(prompt)) == prompt


def written_all(text: str) -> list[str]:
    return [str(prompt) for prompt in parse_all(text)]


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("a fox", ["a fox"]),
        ("a {red, blue} bird", ["a red bird", "a blue bird"]),
        ("{a, b} {c, d}", ["a c", "a d", "b c", "b d"]),
        ("a {red, {dark, light} blue} bird", ["a red bird", "a dark blue bird", "a light blue bird"]),
        ("a fox --ar {1:1, 3:2}", ["a fox --ar 1:1", "a fox --ar 3:2"]),
        ("a fox {--ar 3:2, --tile}", ["a fox --ar 3:2", "a fox --tile"]),
        ("a {big, } fox", ["a big fox", "a fox"]),
        ("a fox --repeat 3", ["a fox", "a fox", "a fox"]),
        ("a fox --seed 7 --r 2", ["a fox --seed 7", "a fox --seed 11"]),
        (r"a \{red, blue\} bird", [r"a \{red\, blue\} bird"]),
        ("a {red} bird, {or not", ["a {red} bird, {or not"]),
        (r"{a wren\, a robin, an owl}", ["a wren, a robin", "an owl"]),
    ],
)
def test_a_text_stands_for_as_many_prompts_as_it_has_choices(text: str, prompts: list[str]) -> None:
    assert written_all(text) == prompts


@pytest.mark.parametrize(
    "text", ["{a, b} " * 6, "{a, b}" * 600, "{a, b, c, d, e} --repeat 40", "{" * 9 + "{a, b}" * 6 + ",}" * 9]
)
def test_too_many_prompts_are_counted_and_not_made(text: str) -> None:
    with pytest.raises(PromptError, match="at once there may be 40"):
        parse_all(text)


def test_braces_within_braces_cost_no_more_than_their_length() -> None:
    with contextlib.suppress(PromptError):
        parse_all("{" * 1900 + "a, b" + "}" * 1900)


def test_what_is_wrong_with_several_prompts_is_told_once_and_the_rest_of_each_is_drawn() -> None:
    with pytest.raises(PromptError) as refused:
        parse_all("a {red, blue} bird --exp 6 --no text, blur")
    assert len(refused.value.mistakes) == 1
    assert refused.value.without is not None
    assert written_all(refused.value.without) == [
        "a red bird --no text, blur",
        "a blue bird --no text, blur",
    ]


@settings(max_examples=200, deadline=None)
@given(st.text("{},\\ ab", max_size=30))
def test_a_prompt_with_braces_is_written_so_that_it_is_read_again(text: str) -> None:
    with contextlib.suppress(PromptError):
        for prompt in parse_all(text):
            assert parse_all(str(prompt)) == (prompt,)


def test_every_row_is_complete_and_its_example_holds() -> None:
    for field, parameter in ROWS.items():
        prompt = parse(f"a fox {parameter.example}")  # also of those that go with a picture that is there
        assert getattr(prompt.parameters, field) != getattr(Parameters(), field)
        assert str(prompt) == f"a fox {parameter.example}"
        assert str(parameter.help).endswith(".")
        assert str(parameter.default)
        assert str(parameter.range)


READ_AS_MEANT = {
    "שועל --ar \u200e3:2": plain("שועל", aspect_ratio=ratio(3, 2)),
    "ثعلب \u2068--ar 3:2\u2069": plain("ثعلب", aspect_ratio=ratio(3, 2)),
    "a fox --\u200bar 3:2": plain("a fox", aspect_ratio=ratio(3, 2)),
    "a fox --ar\u200b 3:2": plain("a fox", aspect_ratio=ratio(3, 2)),
    "a fox -- ar 3:2": plain("a fox", aspect_ratio=ratio(3, 2)),
    "a fox — ar 3:2 — seed 7": plain("a fox", aspect_ratio=ratio(3, 2), seed=7),
    "a fox - -ar  9 :16": plain("a fox", aspect_ratio=ratio(9, 16)),
    "a fox --ar 16 : 9": plain("a fox", aspect_ratio=ratio(16, 9)),
    "狐 ーーar １６：９": plain("狐", aspect_ratio=ratio(16, 9)),
    "スーパーカー ーseed 7": plain("スーパーカー", seed=7),
    "a fox --ar 3:2.": plain("a fox", aspect_ratio=ratio(3, 2)),
    "a fox --ar 3:2, --seed 123,": plain("a fox", aspect_ratio=ratio(3, 2), seed=123),
    '"a fox --ar 3:2"': plain("a fox", aspect_ratio=ratio(3, 2)),
    "“a fox --ar 3:2”": plain("a fox", aspect_ratio=ratio(3, 2)),
    "**a fox --ar 3:2**": plain("a fox", aspect_ratio=ratio(3, 2)),
    "**a fox --ar 3:2** - <@42> (fast)": plain("a fox", aspect_ratio=ratio(3, 2)),
    "a fox—ar 3:2": plain("a fox", aspect_ratio=ratio(3, 2)),
    "a fox --no text --no blur, text.": plain("a fox", negative=("text", "blur")),
    "a fox --no 文字、ぼけ": plain("a fox", negative=("文字", "ぼけ")),
    "a fox --seed -1": plain("a fox"),
    "a fox --seed 7 --seed 7": plain("a fox", seed=7),
    "/imagine prompt: a red fox --ar 3:2": plain("a red fox", aspect_ratio=ratio(3, 2)),
    "/imagine a red fox": plain("a red fox"),
    "a fox —c 20 —stop 80 —q .5": plain("a fox", chaos=20, stop=80, quality=0.5),
    "a fox -c 20 -tile": plain("a fox", chaos=20, is_tile=True),
    "a fox —tile —model sketch": plain("a fox", is_tile=True, model="sketch"),
    "a fox --sampler DPM++ 2M Karras --cfg 6.5": plain("a fox", sampler="dpmpp-2m-karras", guidance=6.5),
    "a fox --sampler Euler_a": plain("a fox", sampler="euler-a"),
    "a fox --relax.": plain("a fox", is_relaxed=True),
    "a fox --chaos 20.": plain("a fox", chaos=20),
    "a fox —s 250 —v 6.1 —style raw": plain("a fox", stylize=250, version="6.1", is_raw=True),
    "a fox -v 6 -s 50 -raw": plain("a fox", stylize=50, version="6", is_raw=True),
    "a fox --raw --w 20": plain("a fox", is_raw=True, weird=20),
    "a fox --niji": plain("a fox", niji=""),
    "a fox --niji. --hd": plain("a fox", niji="", is_hd=True),
    "a fox --niji 6, --stylise 100.": plain("a fox", niji="6", stylize=100),
    "a fox --lora ink:0.8, pixel --lora gold : .5": plain(
        "a fox", loras=(lora("ink", 0.8), lora("pixel"), lora("gold", 0.5))
    ),
    "a fox, <lora:My ink:0.8>, snow <lyco:gold>": plain(
        "a fox, snow", loras=(lora("My_ink", 0.8), lora("gold"))
    ),
    r"snake\_case \*stars\*": plain("snake_case *stars*"),
}


@pytest.mark.parametrize(("text", "prompt"), READ_AS_MEANT.items())
def test_what_phones_and_other_tools_make_of_a_prompt_is_read_as_meant(text: str, prompt: Prompt) -> None:
    assert parse(text) == prompt


@pytest.mark.parametrize(
    "text",
    [
        "a well-known fox -- not a dog",
        "a house -- no light",
        "dark—no light, a castle —old and grey",
        "t-shirt -x ray -v neck, man -s curve",
        "a black-and-white photo - moody - 50mm",
        "e-mail -- fast delivery",
        "a poster with [text] and (parentheses)",
        "f/1.8, 35mm, 16:9 format",
        "a car – model kit, a stop -stop sign, a roof -tile pattern",
        "a train -model railway -fast and -quality work",
        "rough—draft lines",
    ],
)
def test_dashes_and_signs_of_a_sentence_stay_text(text: str) -> None:
    assert parse(text) == plain(text)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("a dragon —exp 6", "a dragon"),
        ("a dragon -exp 6", "a dragon"),
        ("a dragon —exp 75 —end 2", "a dragon"),
        ("a dragon —ar 16:9 —exp 6", "a dragon --ar 16:9"),
        ("a fox –ar 9:16 –uplight", "a fox --ar 9:16"),
        ("a fox --exp 6 in the snow", "a fox in the snow"),
        ("a fox --chaos 20 --seed 7 --vibe --tile", "a fox --seed 7 --chaos 20 --tile"),
        ("a fox --oref https://a.b/c.png https://a.b/d.png --ow 50", "a fox"),
        ("blob:https://a.b/c a fox", "a fox"),
        ("https://a.b/c.png::-1 a fox", "a fox"),
        ("{red|blue} bird", "red bird"),
        ("a fox, (masterpiece:1.3), <hypernet:watercolor:0.8>", "a fox, masterpiece,"),
        ("a fox --q 2 --hq", "a fox --quality 2"),
        ("a fox --exp 6 --steps 0 in the snow", "a fox in the snow --steps 1"),
        ("a fox --ar 3:2 --ar 1:1 --steps many", "a fox --ar 1:1"),
        ("a fox --aspct 3:2 --steps many", "a fox --ar 3:2"),
        ("a fox --ar3:2 --steps many", "a fox --ar 3:2"),
        ("a fox --fast --relax", "a fox --relax"),
        ("a fox --glow 3 --ar 3:2", "a fox --ar 3:2"),
        ("a fox --walking in the snow", "a fox in the snow"),
        ("a fox --ar banana", "a fox"),
        ("a fox --ar 16:0 --seed 7", "a fox --seed 7"),
        ("a fox --seed 7 --steps", "a fox --seed 7"),
        ("a fox --ar banana --ar 3:2 --exp 6", "a fox --ar 3:2"),
    ],
)
def test_what_cannot_be_done_or_has_a_wrong_value_is_named_and_the_rest_can_be_drawn(
    text: str, without: str
) -> None:
    with pytest.raises(PromptError) as refused:
        parse(text)
    assert refused.value.without == without
    assert str(parse(without)) == without


@pytest.mark.parametrize(
    "text",
    [
        "--ar banana",
        "fog::-1 --steps many",
    ],
)
def test_beside_a_mistake_that_only_its_member_can_mend_nothing_is_drawn_without(text: str) -> None:
    with pytest.raises(PromptError) as refused:
        parse(text)
    assert refused.value.without is None
    assert len(refused.value.mistakes) >= 2


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_every_name_of_other_bots_is_a_parameter_behind_two_hyphens_and_never_text(name: str) -> None:
    with pytest.raises(PromptError) as refused:
        parse(f"a fox --{name} 3")
    assert refused.value.without == "a fox"
    assert "Did you mean" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a fox --ar16:9", "a fox --ar 16:9"),
        ("a fox --ar 16/9 --sed 7", "a fox --ar 16:9 --seed 7"),
        ("a fox --ar 3:2 in the snow", "a fox in the snow --ar 3:2"),
        ("a fox --ar 9:1 --stop 5", "a fox --ar 4:1 --stop 10"),
        ("a fox --tile --quality 3", "a fox --tile --quality 2"),
        ("a fox --sampler eular", "a fox --sampler euler"),
        ("a fox --s 1500 --v6", "a fox --stylize 1000 --version 6"),
        ("a fox --raw in the snow", "a fox in the snow --style raw"),
        ("a fox --niji5", "a fox --niji 5"),
        ("a fox --lora ink:3", "a fox --lora ink:2"),
        ("a fox https://a.b/c.png in the snow", "https://a.b/c.png a fox in the snow"),
        ("a fox --ar 3:2 https://a.b/c.png", "https://a.b/c.png a fox --ar 3:2"),
        ("a fox --no text, https://a.b/c.png, blur", "https://a.b/c.png a fox --no text, blur"),
        ("a fox --sref 12 in the snow", "a fox in the snow --sref 12"),
        ("a fox --sameseed 12 in the snow", "a fox in the snow --sameseed 12"),
        ("a fox --cref 12", None),
        ("a fox --sampler zzz", None),
        ("a fox --seed lucky", None),
        ("a fox --seed 1 --seed 2", None),
        ("a fox --sed 1 --seed 2", None),
        ("a fox --glow 3", None),
        ("--ar16:9", None),
        ("a fox --ar16:9 --exp 6", None),
    ],
)
def test_where_every_mistake_has_one_cure_the_prompt_is_given_as_it_was_meant(
    text: str, fixed: str | None
) -> None:
    with pytest.raises(PromptError) as refused:
        parse(text)
    assert refused.value.fixed == fixed


PASTED = (
    "a red fox, best quality\nNegative prompt: text, blur\n"
    "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, "
    'CFG scale: 7, Seed: 12345, Size: 512x768, Model hash: abc, Model: "a, b", Version: v1.10.1'
)


@pytest.mark.parametrize("text", [PASTED, " ".join(PASTED.split()), PASTED.replace("\n", "\n\n")])
def test_a_pasted_recipe_is_a_prompt_again(text: str) -> None:
    prompt = parse(text)
    assert str(prompt) == "a red fox, best quality --ar 2:3 --no text, blur --seed 12345 --steps 20"
    assert "I read your recipe" in str(prompt.remarks[0])


def test_parts_that_the_web_ui_weighs_keep_their_weights() -> None:
    text = "hot :2 AND dog :1 AND snow :-0.5\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512"
    assert [(part.text, part.weight) for part in parse(text).parts] == [
        ("hot", 2),
        ("dog", 1),
        ("snow", -0.5),
    ]


def test_a_sentence_with_a_colon_is_no_recipe() -> None:
    assert parse("Steps: a staircase, Size: large").parts[0].text == "Steps: a staircase, Size: large"
