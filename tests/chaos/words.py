"""Bars about what is typed and what is brought: bombs, disguises, forged addresses, damaged pictures."""

import contextlib
import os
import random
import resource
import time
from collections.abc import Callable
from functools import partial

from bot.domain.errors import PromptError
from bot.domain.moderation import ALLOWED, check_text
from bot.domain.prompt import parse_all
from bot.domain.uploads import Unusable
from bot.imaging.clean import clean
from tests.bot.domain.test_moderation import prompts_of
from tests.bot.imaging.test_clean import halves, mutated, saved
from tests.chaos.bars import Found, bar
from tests.chaos.ground import Ground

MUTATED = 10_000 if os.environ.get("CHAOS_LONG") else 2_000
BOMBS = [
    "a fox " + "--ar 16:9 " * 600,
    "{" * 3000 + "}" * 3000,
    "{a,b}" * 1000,
    "a::" * 2000,
    "--no " * 1000,
    "a fox --repeat 999999999999999999999",
    "a fox --seed " + "9" * 5000,
    "a fox --ar 1:" + "9" * 5000,
    "<lora:x:" * 800,
    "(" * 5900,
    "\u0301" * 5900,
    "https://x.example/a.png " * 240,
]


@bar("Parameter bombs are read or refused within 5 ms of processor time")
async def parameter_bombs(_: Ground) -> Found:
    """The best of five, so that the machine's other work does not count."""
    worst = max(best_ms(partial(parsed, bomb)) for bomb in BOMBS)
    return Found(figure=f"{len(BOMBS)} bombs, the worst {worst:.1f} ms", is_met=worst < 5)


def parsed(text: str) -> None:
    """Read a prompt, or refuse it in a sentence."""
    try:
        parse_all(text)
    except PromptError:
        return


def best_ms(work: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of processor time, at best."""
    found = []
    for _ in range(times):
        begin = time.thread_time()
        work()
        found.append(1000 * (time.thread_time() - begin))
    return min(found)


@bar("The rule on minors: ≥ 95 % of evasions refused, ≤ 1 % of the innocent, < 1 ms each")
async def minors(_: Ground) -> Found:
    """Both writers' lists."""
    evasions = [prompt for prompts in prompts_of("refused_a").values() for prompt in prompts]
    innocent = [p for w in "ab" for prompts in prompts_of(f"innocent_{w}").values() for p in prompts]
    caught = sum(check_text(prompt) != ALLOWED for prompt in evasions)
    wrong = sum(check_text(prompt) != ALLOWED for prompt in innocent)
    times = sorted(best_ms(partial(check_text, text), 3) for text in [*evasions, *innocent])
    median, worst = times[len(times) // 2], times[-1]
    figure = (
        f"{caught} of {len(evasions)} evasions refused, {wrong} of {len(innocent)} innocent; "
        f"{median:.2f} ms each, {worst:.2f} ms the worst"
    )
    good = caught >= 0.95 * len(evasions) and wrong <= 0.01 * len(innocent)
    return Found(figure=figure, is_met=good and median < 1 and worst < 5)


@bar(f"{MUTATED} damaged pictures are taken or told, each in under 0.5 s", seconds=900)
async def damaged_pictures(_: Ground) -> Found:
    """PNG, JPEG, WebP and GIF, with bytes changed, lost, doubled and made up."""
    dice = random.Random(int(time.time()))
    seeds = [saved(halves(), extension) for extension in ("PNG", "JPEG", "WEBP", "GIF")]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken, worst = 0, 0.0
    for number in range(MUTATED):
        begin = time.thread_time()
        with contextlib.suppress(Unusable):
            taken += bool(clean(mutated(seeds[number % 4], dice)).data)
        worst = max(worst, time.thread_time() - begin)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    figure = f"{taken} taken, {MUTATED - taken} told; the worst {1000 * worst:.0f} ms, {grown:.0f} MB more"
    return Found(figure=figure, is_met=worst < 0.5 and grown < 100)
