"""Which picture is the large one, and how large a picture is."""

from datetime import UTC, datetime, timedelta

from bot.domain.community import GalleryPicture, picture_of_the_day
from tests.bot.builders import job

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def shown(number: int, *, days: float) -> GalleryPicture:
    """A picture that was drawn so many days ago."""
    return GalleryPicture(job=job(id=number, created_at=NOW - timedelta(days=days)), name="Ada")


def test_the_newest_picture_is_large_only_while_it_is_alone() -> None:
    newest, older = shown(9, days=0), shown(8, days=30)
    assert picture_of_the_day([], now=NOW) is None
    assert picture_of_the_day([newest], now=NOW) == newest
    assert picture_of_the_day([newest, older], now=NOW) == older


def test_a_picture_of_the_last_week_comes_before_an_older_one() -> None:
    pictures = [shown(20, days=0), shown(19, days=6), *(shown(number, days=8) for number in range(9, 0, -1))]
    days = [NOW, NOW + timedelta(hours=11)]
    assert {picture_of_the_day(pictures, now=now) for now in days} == {pictures[1]}


def test_the_large_picture_is_the_same_all_day_and_another_day_another() -> None:
    pictures = [shown(number, days=1) for number in range(12, 0, -1)]
    of_today = picture_of_the_day(pictures, now=NOW)
    assert of_today == picture_of_the_day(pictures, now=NOW + timedelta(hours=11))
    week = {picture_of_the_day(pictures, now=NOW + timedelta(days=day)) for day in range(5)}
    assert len(week) > 1
    lost = [picture for picture in pictures if picture != of_today]
    assert picture_of_the_day([lost[0], *pictures[1:]], now=NOW) == of_today  # what goes changes nothing else
