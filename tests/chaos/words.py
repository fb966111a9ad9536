"""Bars about what is typed and what is brought: bombs, disguises, forged addresses, damaged pictures."""

import asyncio
import contextlib
import random
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot.domain.errors import PromptError
from bot.domain.moderation import ALLOWED, check_text
from bot.domain.prompt import parse_all
from bot.domain.uploads import Unusable
from bot.imaging.clean import clean
from tests.bot.domain.test_moderation import prompts_of
from tests.bot.imaging.test_clean import halves, mutated, saved
from tests.chaos.bars import CannotRun, Found, bar
from tests.chaos.ground import Ground

MUTATED = 2000
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


@bar(f"{MUTATED} damaged pictures are taken or told, each in under 0.5 s", seconds=300)
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


async def tests_of(*arguments: str) -> Found:
    """What tests of ours say, run anew."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-n", "0", "--no-header", *arguments),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    last = said.decode().strip().splitlines()[-1].strip("= ")
    if "passed" not in last and "skipped" in last:
        raise CannotRun(f"no database or device for it: {last}")
    return Found(figure=last, is_met=process.returncode == 0)


@bar("No form of an address reaches a private network (SSRF): direct, redirected, rebound", seconds=240)
async def forged_addresses(_: Ground) -> Found:
    """Over forty forms each."""
    return await tests_of("tests/bot/imaging/test_fetch.py")


@bar("Hostile pictures and bombs are told why", seconds=240)
async def hostile_pictures(_: Ground) -> Found:
    """Flat bombs, packed text, broken heads."""
    return await tests_of("tests/bot/imaging/test_clean.py")


@bar("Foreign members, guilds and moderators get nothing", seconds=400)
async def foreign_access(_: Ground) -> Found:
    """A generated matrix, on both databases."""
    return await tests_of("tests/bot/services/test_foreign_access.py")


@bar("10,000 random steps of the ledger on SQLite, 1,000 on PostgreSQL", seconds=900)
async def ledger_steps(_: Ground) -> Found:
    """Its sums are proved after each."""
    return await tests_of("tests/bot/storage/test_ledger.py")


@bar(
    "10,000 random steps of jobs, posts, kept orders and the ledger, through deaths: nothing lost or doubled",
    databases=("sqlite", "postgresql"),
    seconds=1500,
)
async def lives(ground: Ground) -> Found:
    """What must hold is looked at after each; other steps each time."""
    chosen = ("-k", f"on_{ground.kind}", "--steps", "10000")
    return await tests_of("tests/bot/services/test_lives.py", *chosen)


@bar("Outages of the database while a job starts, draws, ends: settled once", seconds=300)
async def outages(_: Ground) -> Found:
    """Refused, full, locked, lost confirmations."""
    return await tests_of("tests/bot/services/test_outage.py", "tests/bot/storage/test_ownership.py")


@bar("No secret reaches a log", seconds=120)
async def secrets(_: Ground) -> Found:
    """Tokens in every form, and passwords of databases."""
    return await tests_of("tests/bot/test_logs.py", "tests/bot/storage/test_urls.py")
