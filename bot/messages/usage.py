"""What /usage says: a table, a chart and a CSV file; the weekly digest is the same."""

from collections.abc import Mapping
from datetime import date

from bot.domain.echo import echo, visible
from bot.domain.quota_words import duration
from bot.domain.sentences import Sentence, Translations, moment, say, say_n
from bot.domain.usage import By, Digest, Row, Usage, UsageReport
from bot.imaging.chart import Bar, Chart, draw
from bot.messages.audit import member
from bot.messages.catalogue import translations
from bot.messages.kinds import WORDS
from bot.messages.lists import fitted
from bot.messages.payload import Payload
from bot.messages.table import to_csv

MAX_ROWS = 10
MAX_BARS = 12
MAX_PROMPT = 80


def report(report: UsageReport, locale: str) -> Payload:
    """The report as a table, with what the time was used for."""
    words = translations(locale)
    title = say_n("**Usage of the last day**", "**Usage of the last {count} days**", report.days)
    return _payload(title, report, words)


def digest(report: UsageReport, locale: str) -> Payload:
    """The same for a whole week, posted by itself."""
    words = translations(locale)
    days = f"<t:{int(report.start.timestamp())}:D> – <t:{int(report.end.timestamp()) - 1}:D>"
    title = say("**Who drew what, {days}**", days=days)
    return _payload(title, report, words)


def leaderboard(rows: list[Row], locale: str, *, days: int) -> Payload:
    """The members who used most."""
    words = translations(locale)
    title = say_n("**Most GPU time of the last day**", "**Most GPU time of the last {count} days**", days)
    lines = _ranking(rows, words, By.MEMBER) or [_nobody(words)]
    return Payload(content=fitted(words, title.render(words), lines))


def digest_set(digest: Digest | None, locale: str) -> Payload:
    """Where digests go."""
    words = translations(locale)
    if digest is None:
        nowhere = say("No weekly report is sent. Choose a channel for it with /usage digest.")
        return Payload(content=nowhere.render(words))
    sentence = say(
        "The report of each week goes to {channel}; the next one {when}.",
        channel=f"<#{digest.channel_id}>",
        when=moment(digest.due_at),
    )
    return Payload(content=sentence.render(words))


def files(
    report: UsageReport, locale: str, *, channels: Mapping[int, str], token: str = ""
) -> list[tuple[str, bytes]]:
    """The chart and the CSV file, by name; the token marks a digest. Takes a moment: not for the loop."""
    name = "_".join(part for part in ("usage", f"{report.days}_days", token) if part)
    data = [(f"{name}.csv", table(report, channels))]
    return [(f"{name}.png", draw(_chart(report, locale, channels))), *data] if report.rows else data


def table(report: UsageReport, channels: Mapping[int, str]) -> bytes:
    """The whole report as CSV (UTF-8 with a mark, for spreadsheets)."""
    columns = (report.by.value, "name", "jobs", "pictures", "gpu_seconds")
    return to_csv(
        columns,
        [
            (
                row.key,
                _name(row, channels),
                row.usage.jobs,
                row.usage.images,
                f"{row.usage.gpu_ms / 1000:.3f}",
            )
            for row in report.rows
        ],
    )


def _payload(title: Sentence, report: UsageReport, words: Translations) -> Payload:
    if not report.total.jobs:
        return Payload(content=fitted(words, title.render(words), [_nobody(words)]))
    rows = _ranking(_listed(report), words, report.by)
    return Payload(content=fitted(words, title.render(words), rows, _summary(report, words), most=MAX_ROWS))


def _summary(report: UsageReport, words: Translations) -> list[str]:
    """What follows the table: everything together, and what it was used for."""
    # The empty line ends the list: what follows would otherwise belong to its last row.
    lines = ["", say("Together: {usage}", usage=_used(report.total)).render(words)]
    kinds = [f"{WORDS[kind].label.render(words)} {duration(usage.gpu_ms)}" for kind, usage in report.kinds]
    lines.append(say("For: {kinds}", kinds=" · ".join(kinds)).render(words))
    if report.prompts:
        lines.append(say("Prompts that used most:").render(words))
    lines += [
        f"- {echo(prompt.prompt, limit=MAX_PROMPT)} ({duration(prompt.usage.gpu_ms)})"
        for prompt in report.prompts
    ]
    return lines


def _listed(report: UsageReport) -> list[Row]:
    """The rows of the table: of days, those that are not empty, newest first."""
    if report.by is By.DAY:
        return [row for row in reversed(report.rows) if row.usage.jobs]
    return list(report.rows)


def _ranking(rows: list[Row], words: Translations, by: By) -> list[str]:
    lines = [_line(row, by, words) for row in rows]
    if by is By.DAY:
        return [f"- {line}" for line in lines]
    return [f"{place}. {line}" for place, line in enumerate(lines, start=1)]


def _line(row: Row, by: By, words: Translations) -> str:
    sentence = say(
        "{who}: {pictures} in {jobs}, {time} of GPU time",
        who=_who(row, by, words),
        pictures=_pictures(row.usage.images),
        jobs=say_n("{count} job", "{count} jobs", row.usage.jobs),
        time=duration(row.usage.gpu_ms),
    )
    return sentence.render(words)


def _used(usage: Usage) -> Sentence:
    return say(
        "{pictures}, {time} of GPU time", pictures=_pictures(usage.images), time=duration(usage.gpu_ms)
    )


def _who(row: Row, by: By, words: Translations) -> str:
    if isinstance(row.key, date):
        return f"**{row.key}**"
    return f"<#{row.key}>" if by is By.CHANNEL else member(row.key, words)


def _pictures(count: int) -> Sentence:
    return say_n("{count} picture", "{count} pictures", count)


def _nobody(words: Translations) -> str:
    return say("Nobody has drawn anything yet.").render(words)


def _chart(report: UsageReport, locale: str, channels: Mapping[int, str]) -> Chart:
    words = translations(locale)
    titles = {
        By.MEMBER: say_n(
            "GPU time by member, last day", "GPU time by member, last {count} days", report.days
        ),
        By.CHANNEL: say_n(
            "GPU time by channel, last day", "GPU time by channel, last {count} days", report.days
        ),
        By.DAY: say_n("GPU time by day, last day", "GPU time by day, last {count} days", report.days),
    }
    bars = [_bar(place, row, report.by, channels, words) for place, row in enumerate(report.rows, start=1)]
    if report.by is not By.DAY and len(bars) > MAX_BARS:
        others = sum((row.usage for row in report.rows[MAX_BARS:]), Usage())
        bars = [*bars[:MAX_BARS], _summed(others, words)]
    return Chart(title=titles[report.by].render(words), bars=tuple(bars), is_timeline=report.by is By.DAY)


def _bar(place: int, row: Row, by: By, channels: Mapping[int, str], words: Translations) -> Bar:
    label = f"{row.key:%d %b}" if isinstance(row.key, date) else f"{place}. {_name(row, channels)}"
    return Bar(label=label, seconds=row.usage.gpu_ms / 1000, note=_note(row.usage, words, by))


def _summed(usage: Usage, words: Translations) -> Bar:
    return Bar(
        label=say("all others").render(words),
        seconds=usage.gpu_ms / 1000,
        note=_note(usage, words, By.MEMBER),
    )


def _note(usage: Usage, words: Translations, by: By) -> str:
    if by is By.DAY:
        return duration(usage.gpu_ms) if usage.jobs else ""
    return f"{duration(usage.gpu_ms)} · {_pictures(usage.images).render(words)}"


def _name(row: Row, channels: Mapping[int, str]) -> str:
    """What stands for a row where Discord shows no mentions."""
    if isinstance(row.key, date):
        return ""
    known = visible(row.name or channels.get(row.key, ""))
    # Of a member whose name is not known, the end of the id; the id of a forgotten one means nothing.
    return known or (f"…{row.key % 10_000:04}" if row.key > 0 else "–")
