"""What /usage says: a table, a chart and a CSV file; the weekly digest is the same."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.domain.echo import echo, visible
from bot.domain.quota_words import duration
from bot.domain.sentences import Sentence, Translations, calendar_day, moment, say, say_n
from bot.domain.usage import DIRECT_MESSAGES, By, Digest, Row, Usage, UsageReport
from bot.imaging.chart import Bar, Chart, draw
from bot.messages.audit import member
from bot.messages.catalogue import translations
from bot.messages.kinds import WORDS
from bot.messages.lists import fitted
from bot.messages.payload import File, Payload
from bot.messages.table import to_csv

MAX_ROWS = 10
MAX_BARS = 12
MAX_DESCRIBED = 5
MAX_PROMPT = 80
DIRECT = say("direct messages")
MONTHS = (
    say("Jan"),
    say("Feb"),
    say("Mar"),
    say("Apr"),
    say("May"),
    say("Jun"),
    say("Jul"),
    say("Aug"),
    say("Sep"),
    say("Oct"),
    say("Nov"),
    say("Dec"),
)


def report(report: UsageReport, locale: str) -> Payload:
    """The report as a table, with what the time was used for."""
    words = translations(locale)
    title = say_n("**Usage of the last day**", "**Usage of the last {count} days**", report.days)
    return _payload(title, report, words)


def digest(report: UsageReport, locale: str) -> Payload:
    """The same for a whole week, posted by itself."""
    words = translations(locale)
    last = report.end - timedelta(seconds=1)
    title = say(
        "**Who drew what, from {first} to {last}**",
        first=calendar_day(report.start),
        last=calendar_day(last),
    )
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


def files(report: UsageReport, locale: str, *, channels: Mapping[int, str], token: str = "") -> list[File]:
    """The chart and the CSV file; the token marks a digest. Takes a moment: not for the loop."""
    words = translations(locale)
    name = "_".join(part for part in ("usage", f"{report.days}_days", token) if part)
    whole = say("The whole report as a table, one row for each line of the chart").render(words)
    data = File(name=f"{name}.csv", data=table(report, channels, locale), description=whole)
    if not report.rows:
        return [data]
    chart = _chart(report, locale, channels)
    return [File(name=f"{name}.png", data=draw(chart), description=_described(chart)), data]


def table(report: UsageReport, channels: Mapping[int, str], locale: str) -> bytes:
    """The whole report as CSV (UTF-8 with a mark, for spreadsheets)."""
    words = translations(locale)
    columns = (report.by.value, "name", "jobs", "pictures", "gpu_seconds")
    return to_csv(
        columns,
        [
            (
                "" if row.key == DIRECT_MESSAGES else row.key,
                _name(row, channels, words),
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
    kinds = [
        say("{kind} {time}", kind=WORDS[kind].label, time=duration(usage.gpu_ms)).render(words)
        for kind, usage in report.kinds
    ]
    lines.append(say("For: {kinds}", kinds=" · ".join(kinds)).render(words))
    if report.prompts:
        lines.append(say("Prompts that used most:").render(words))
    lines += [
        f"- {echo(prompt.prompt, limit=MAX_PROMPT)} ({duration(prompt.usage.gpu_ms).render(words)})"
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
        return f"**{_day(row.key).render(words)}**"
    if by is By.CHANNEL:
        return DIRECT.render(words) if row.key == DIRECT_MESSAGES else f"<#{row.key}>"
    return member(row.key, words)


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


def _described(chart: Chart) -> str:
    """The chart's first lines, for those who cannot see it."""
    lines = [f"{bar.label}: {bar.note}" for bar in chart.bars if bar.note][:MAX_DESCRIBED]
    return f"{chart.title}. {'; '.join(lines)}"


def _bar(place: int, row: Row, by: By, channels: Mapping[int, str], words: Translations) -> Bar:
    name = _name(row, channels, words)
    label = _day(row.key).render(words) if isinstance(row.key, date) else f"{place}. {name}"
    return Bar(label=label, seconds=row.usage.gpu_ms / 1000, note=_note(row.usage, words, by))


def _summed(usage: Usage, words: Translations) -> Bar:
    return Bar(
        label=say("all others").render(words),
        seconds=usage.gpu_ms / 1000,
        note=_note(usage, words, By.MEMBER),
    )


def _note(usage: Usage, words: Translations, by: By) -> str:
    if by is By.DAY:
        return duration(usage.gpu_ms).render(words) if usage.jobs else ""
    return f"{duration(usage.gpu_ms).render(words)} · {_pictures(usage.images).render(words)}"


def _day(day: date) -> Sentence:
    return say("{day} {month}", day=day.day, month=MONTHS[day.month - 1])


def _name(row: Row, channels: Mapping[int, str], words: Translations) -> str:
    """What stands for a row where Discord shows no mentions."""
    if isinstance(row.key, date):
        return ""
    if row.key == DIRECT_MESSAGES:
        return DIRECT.render(words)
    if row.key < 0:
        return member(row.key, words)
    known = visible(row.name or channels.get(row.key, ""))
    return known or f"…{row.key % 10_000:04}"  # of a name that is not known, the end of the id
