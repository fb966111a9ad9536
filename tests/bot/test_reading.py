"""How a prompt is read is said in words, and the README's table says what the rows say."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.commandline.parameters import BEGIN, END, table
from bot.domain.prompt.reading import read
from bot.messages.payload import MAX_CONTENT
from bot.messages.reading import told

README = Path(__file__).parents[2] / "README.md"
TYPED = {
    "a word": "a red fox",
    "all there is": (
        "https://example.com/a.png::2 a fox::2 snow fog::-0.5 --ar 3:2 --no text, blur --seed 7 --s 250 "
        "--style raw --iw 2 --sref 1234 --turbo"
    ),
    "many": "a {red, blue, green} {fox, owl} --tile",
    "meant otherwise": "a fox --ar16:9 in the snow",
    "not here": "a fox --oref https://example.com/a.png --p --ar 3:2",
    "nothing": "::",
    "pasted": "a fox\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12, Size: 512x512",
}


def test_the_words(snapshot: SnapshotAssertion) -> None:
    assert {name: told(read(typed), "en-US").content for name, typed in TYPED.items()} == snapshot


@pytest.mark.parametrize("typed", ["x" * 4000, "{a, b}" * 600, "a:: " * 9 + "b " * 1900, "--a " * 1000])
def test_whatever_is_read_fits_a_message(typed: str) -> None:
    assert 0 < len(told(read(typed), "en-US").content) <= MAX_CONTENT


def test_the_readme_has_the_table_of_parameters() -> None:
    text = README.read_text("utf-8")
    shown = text.split(BEGIN)[1].split(END)[0].strip()
    assert shown == table(), "put what `python -m bot parameters` says between the two comments"


def test_for_scripts_a_reading_has_the_names_of_the_parameters() -> None:
    job = read(
        "https://example.com/a.png::2 a fox --ar 16:9 --seed 7 --no text, blur --c 5 --s 100 --w 20 --q 2 "
        "--stop 80 --tile --iw 1 --style raw --sref 5 --sw 9 --cref https://example.com/b.png --cw 8 --niji "
        "--video --turbo --cfg 7 --sampler euler-a --lora ink:0.8 --hd --sameseed"
    ).to_json()["jobs"][0]
    assert job["images"] == [["https://example.com/a.png", 2.0]]
    assert job["parts"] == [["a fox", 1.0]]
    assert job["negative"] == ["text", "blur"]
    assert job["parameters"] == {
        "ar": "16:9",
        "seed": 7,
        "no": ["text", "blur"],
        "chaos": 5,
        "stylize": 100,
        "weird": 20,
        "quality": 2.0,
        "stop": 80,
        "tile": True,
        "iw": 1.0,
        "style": "raw",
        "sref": [[5, 1.0]],
        "sw": 9,
        "cref": [["https://example.com/b.png", 1.0]],
        "cw": 8,
        "niji": True,
        "video": True,
        "speed": "turbo",
        "guidance": 7.0,
        "sampler": "euler-a",
        "lora": [["ink", 0.8]],
        "hd": True,
        "sameseed": True,
    }


def test_for_scripts_a_mistake_has_its_offers_and_no_jobs() -> None:
    assert read("a fox --ar16:9").to_json() == {
        "jobs": [],
        "mistakes": [{"says": "`--ar` and its value need a space between them: write `--ar 16:9`."}],
        "fixed": "a fox --ar 16:9",
        "offers": ["fix"],
    }
