"""The landing page and the gallery: only what members chose to show, and no prompt breaks it."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.community import Counts, WebPages
from bot.domain.job import Job
from bot.messages.site import language
from bot.services import Services
from bot.web.community import CommunityPages
from bot.web.server import application
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick
from tests.bot.services.community import drawn, finished
from tests.bot.services.community import now as again
from tests.bot.services.test_onboarding import configured

Client = TestClient[Request, Application]

EVIL = 'a fox <script>alert("x")</script> "onerror=alert(1) x="'


class Town:
    """A Discord with one guild of five members."""

    def __init__(self) -> None:
        self.channels = frozenset({10, 11})
        self.guilds = {1}
        self.url: str | None = "https://discord.gg/abc"
        self.name = "The <b>Den</b>"
        self.online: int | None = 2
        self.is_broken = False

    async def counts(self, guild_id: int) -> Counts | None:
        """Five, two of them there."""
        if self.is_broken:
            raise RuntimeError("broken")
        return Counts(name=self.name, members=5, online=self.online) if guild_id == 1 else None

    def glance(self, guild_id: int) -> Counts | None:
        """The name, and who is a member."""
        name = self.name if guild_id == 1 else f"Guild {guild_id}"
        return Counts(name=name, members=5 if guild_id == 1 else None)

    async def invitation(self, guild_id: int) -> str | None:
        """Where to join."""
        return self.url if guild_id == 1 else None

    def is_here(self, guild_id: int) -> bool:
        """One guild, until the bot is removed."""
        return guild_id in self.guilds

    def public_channels(self, guild_id: int) -> frozenset[int]:
        """Two rooms."""
        return self.channels if guild_id == 1 else frozenset()


@pytest.fixture
def daily_images() -> int:
    return 1000


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
async def client(services: Services, town: Town, ada: Asker) -> AsyncIterator[Client]:
    await configured(services, ada, is_public=True)
    pages = CommunityPages(services, town)
    app = application(pages.routes(), error_page=pages.error_page)
    async with TestClient(TestServer(app)) as client:
        yield client


async def hung(services: Services, asker: Asker, prompt: str = "a red fox", name: str = "Ada") -> Job:
    """A delivered picture of a member who shows theirs."""
    await services.gallery.share(replace(asker, name=name), is_shown=True)
    job = await drawn(services, asker, prompt)
    await services.outbox.delivered(job, 1)
    return job


async def seen(client: Client, path: str = "/servers/1/gallery") -> str:
    """A page."""
    answer = await client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_the_landing_page_tells_who_is_there_and_where_to_join(client: Client) -> None:
    page = await seen(client, "/")
    assert "2 online" in page
    assert "5 members" in page
    assert "The &lt;b&gt;Den&lt;/b&gt;" in page
    assert 'href="/servers/1/join"' in page
    answer = await client.get("/servers/1/join", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "https://discord.gg/abc")


async def test_without_an_invitation_the_button_says_so(client: Client, town: Town) -> None:
    town.url = None
    answer = await client.get("/servers/1/join", allow_redirects=False)
    assert answer.status == 503
    assert "come back later" in await answer.text()


async def test_guilds_that_are_not_public_are_not_there(
    client: Client, services: Services, ada: Asker
) -> None:
    job = await hung(services, again(ada, guild_id=2))
    for path in ("", "/gallery", "/join", f"/p/{job.id}", f"/pictures/{job.id}.webp"):
        assert (await client.get(f"/servers/2{path}")).status == 404
    await configured(services, ada, is_public=False)
    assert (await client.get("/servers/1")).status == 404
    assert "not shown in public" in await seen(client, "/")


async def test_a_guild_that_the_bot_was_removed_from_is_not_there(client: Client, town: Town) -> None:
    town.guilds.clear()
    answer = await client.get("/servers/1")
    assert answer.status == 404
    assert "There is nothing here." in await answer.text()
    assert "not shown in public" in await seen(client, "/")


async def test_the_only_public_guild_that_the_bot_is_in_is_at_home(
    client: Client, services: Services, ada: Asker, town: Town
) -> None:
    await configured(services, replace(ada, guild_id=2), is_public=True)
    town.guilds = {2}
    assert 'href="/servers/2/join"' in await seen(client, "/")


async def test_several_public_guilds_are_listed_at_home(
    client: Client, services: Services, ada: Asker, town: Town
) -> None:
    await configured(services, replace(ada, guild_id=2), is_public=True, web_text="We draw birds.")
    town.guilds = {1, 2, 3}
    job = await hung(services, ada)
    page = await seen(client, "/")
    for told in ("The &lt;b&gt;Den&lt;/b&gt;", "5 members", "Guild 2", "We draw birds."):
        assert told in page
    for guild_id in (1, 2):
        assert f'href="/servers/{guild_id}"' in page
        assert f'href="/servers/{guild_id}/join"' in page
    assert f"/servers/1/pictures/{job.id}.webp" in page
    assert "/servers/3" not in page  # not public


async def test_each_guild_has_its_own_words(client: Client, services: Services, ada: Asker) -> None:
    assert "Darkroom lives in a Discord server" in await seen(client, "/servers/1")
    await configured(services, ada, web_text="We draw birds,\ntogether.")
    page = await seen(client, "/servers/1")
    assert "We draw birds, together." in page
    assert "Darkroom lives in a Discord server" not in page


async def test_nothing_is_said_twice_in_a_title(client: Client, town: Town) -> None:
    assert "<title>The &lt;b&gt;Den&lt;/b&gt; · Darkroom</title>" in await seen(client, "/")
    town.name = "Darkroom"
    assert "<title>Darkroom</title>" in await seen(client, "/")


async def test_numbers_that_are_not_known_are_not_shown(client: Client, town: Town) -> None:
    town.online = None
    page = await seen(client, "/")
    assert "5 members" in page
    assert "online" not in page


async def test_a_picture_has_a_page_with_its_prompt_its_member_and_its_neighbours(
    client: Client, services: Services, ada: Asker
) -> None:
    oldest = await hung(services, ada, "a red fox --ar 3:2")
    shy = await drawn(services, again(ada, user_id=7), "a shy apple")
    await services.outbox.delivered(shy, 2)
    middle = await hung(services, ada, "a lighthouse --ar 3:2")
    newest = await hung(services, ada, "a green pear")
    page = await seen(client, f"/servers/1/p/{middle.id}")
    assert "<code>/imagine prompt: a lighthouse --ar 3:2</code>" in page
    assert 'href="/servers/1/gallery?by=100">Ada</a>' in page
    assert '<time datetime="2026-03-01">March 1, 2026</time>' in page
    assert "wide, 4 pictures of 72 × 48 pixels" in page
    assert 'width="144" height="96"' in page
    assert (
        f'href="https://discord.com/channels/1/10/{middle.id}' not in page
    )  # the message's id, not the job's
    assert 'href="https://discord.com/channels/1/10/1"' in page
    assert f'rel="next" href="/servers/1/p/{oldest.id}"' in page  # past the one that nobody shows
    assert f'rel="prev" href="/servers/1/p/{newest.id}"' in page
    assert 'rel="prev"' not in await seen(client, f"/servers/1/p/{newest.id}")
    page = await seen(client, f"/servers/1/p/{oldest.id}")
    assert 'rel="next"' not in page
    assert f'rel="prev" href="/servers/1/p/{middle.id}"' in page  # the nearest of two
    assert f'class="frame" href="/servers/1/p/{middle.id}"' in await seen(client)


async def test_a_single_picture_is_as_large_as_it_is(client: Client, services: Services, ada: Asker) -> None:
    grid = await hung(services, ada, "a red fox --ar 3:2")
    tile = await finished(services, await pick(services, again(ada), grid.id, 1))
    await services.outbox.delivered(tile, 2)
    page = await seen(client, f"/servers/1/p/{tile.id}")
    assert 'width="72" height="48"' in page
    assert "wide, 72 × 48 pixels" in page
    copy = await (await client.get(f"/servers/1/pictures/{tile.id}.webp")).read()
    assert Image.open(io.BytesIO(copy)).size == (72, 48)


async def test_a_link_to_a_page_shows_what_is_there(client: Client, services: Services, ada: Asker) -> None:
    job = await hung(services, ada, "a red fox --ar 3:2")
    page = await seen(client, f"/servers/1/p/{job.id}")
    assert 'property="og:title" content="a red fox --ar 3:2 · The &lt;b&gt;Den' in page
    assert "og:image" not in page  # without an address of our own there is none to give
    services.gallery.pages = WebPages(public_url="https://art.example.org")
    for path in (f"/servers/1/p/{job.id}", "/servers/1/gallery", "/servers/1"):
        page = await seen(client, path)
        assert f'og:url" content="https://art.example.org{path}"' in page
        picture = f"https://art.example.org/servers/1/pictures/{job.id}.webp"
        assert f'og:image" content="{picture}"' in page
        assert 'og:image:width" content="144"' in page
        assert 'og:image:height" content="96"' in page
        assert 'twitter:card" content="summary_large_image"' in page
    assert "Drawn by Ada in The &lt;b&gt;Den&lt;/b&gt;." in await seen(client, f"/servers/1/p/{job.id}")


async def test_the_large_picture_is_the_moderators_choice_while_it_is_shown(
    client: Client, services: Services, ada: Asker
) -> None:
    chosen = await hung(services, ada, "a red fox")
    for number in range(3):
        await hung(services, again(ada, user_id=7), f"apple {number}", name="Bob")
    await configured(services, ada, web_picture=chosen.id)
    assert f'<figure class="print">\n      <a href="/servers/1/p/{chosen.id}">' in await seen(client, "/")
    await services.gallery.share(ada, is_shown=False)
    page = await seen(client, "/")
    assert f"/servers/1/p/{chosen.id}" not in page
    assert '<figure class="print">\n      <a href=' in page


async def test_errors_are_pages(client: Client, town: Town) -> None:
    for path in ("/nope", "/servers/99999999999999999999", "/static/nope.css", "/servers/1/pictures/7.webp"):
        answer = await client.get(path)
        assert (answer.status, answer.content_type) == (404, "text/html")
        assert "There is nothing here." in await answer.text()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer = await client.post("/servers/1/gallery")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert "can only be read" in await answer.text()
    town.is_broken = True
    answer = await client.get("/servers/1")
    assert (answer.status, answer.content_type) == (500, "text/html")
    assert "Something went wrong here" in await answer.text()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_only_pictures_of_those_who_agreed_hang_in_the_gallery(
    client: Client, services: Services, ada: Asker
) -> None:
    job = await hung(services, ada)
    shy = await drawn(services, again(ada, user_id=7), "a shy apple")
    await services.outbox.delivered(shy, 2)
    assert "shy" not in await seen(client)
    for path in (f"/servers/1/pictures/{shy.id}.webp", f"/servers/1/p/{shy.id}"):
        assert (await client.get(path)).status == 404
    assert (await client.get(f"/servers/1/pictures/{job.id}.webp")).status == 200
    assert "a red fox" in await seen(client)
    await services.gallery.share(ada, is_shown=False)
    assert "a red fox" not in await seen(client)
    for path in (f"/servers/1/pictures/{job.id}.webp", f"/servers/1/p/{job.id}"):
        assert (await client.get(path)).status == 404


@pytest.mark.parametrize(
    "changes", [{"channel_id": 99}, {"is_age_restricted": True}, {"guild_id": None}, {"guild_id": 2}]
)
async def test_pictures_from_elsewhere_never_hang_there(
    client: Client, services: Services, ada: Asker, changes: dict[str, object]
) -> None:
    await hung(services, ada)
    hidden = await drawn(services, replace(again(ada), **changes), "a secret apple")  # type: ignore[arg-type]
    await services.outbox.delivered(hidden, 3)
    assert "secret" not in await seen(client)
    for path in (f"/servers/1/pictures/{hidden.id}.webp", f"/servers/1/p/{hidden.id}"):
        assert (await client.get(path)).status == 404


async def test_a_channel_that_is_closed_to_the_public_takes_its_pictures_along(
    client: Client, services: Services, ada: Asker, town: Town
) -> None:
    await hung(services, ada)
    town.channels = frozenset()
    assert "a red fox" not in await seen(client)


async def test_prompts_are_text_and_nothing_but_text(client: Client, services: Services, ada: Asker) -> None:
    await configured(services, ada, web_text="<script>alert(2)</script> <img src=x>")
    job = await hung(services, ada, EVIL, name='<img src=x onerror="x">')
    paths = ("/", "/servers/1/gallery", "/servers/1/gallery?q=%3Cscript%3E", f"/servers/1/p/{job.id}")
    for path in paths:
        page = await seen(client, path)
        assert "<script" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in await seen(client)


async def test_search_finds_words_and_members(client: Client, services: Services, ada: Asker) -> None:
    await hung(services, ada, "a red FOX 100% real")
    await hung(services, again(ada, user_id=7), "a green pear", name="Bob")
    assert "pear" not in await seen(client, "/servers/1/gallery?q=fox")
    assert "No picture matches" in await seen(client, "/servers/1/gallery?q=a%25pear")
    assert "100% real" in await seen(client, "/servers/1/gallery?q=100%25")
    page = await seen(client, "/servers/1/gallery?by=7")
    assert "Pictures by Bob" in page
    assert "FOX" not in page
    assert "FOX" in await seen(client, "/servers/1/gallery?q=real+RED")  # every word, in any order
    assert "No picture matches" in await seen(client, "/servers/1/gallery?q=red+pear")
    assert "No picture matches" in await seen(client, "/servers/1/gallery?q=r_d")
    by_name = await seen(client, "/servers/1/gallery?q=bob+pear")  # one word of the name, one of the prompt
    assert "a green pear" in by_name
    assert "FOX" not in by_name
    for odd in ("by=9999999999999999999", "by=-1", "before=x", "before=9999999999999999999", "q=%00%ff"):
        await seen(client, f"/servers/1/gallery?{odd}")


@pytest.mark.parametrize("typed", ["äpfel", "ÄPFEL", "Äpfel", "rote äpfel"])
@pytest.mark.parametrize("prompt", ["rote Äpfel", "ROTE ÄPFEL", "rote äpfel"])
async def test_search_knows_no_capitals_in_any_alphabet(
    client: Client, services: Services, ada: Asker, prompt: str, typed: str
) -> None:
    await hung(services, ada, prompt)
    assert prompt in await seen(client, f"/servers/1/gallery?q={quote(typed)}")


async def test_pages_go_back_in_time(client: Client, services: Services, ada: Asker) -> None:
    for number in range(26):
        await hung(services, ada, f"apple number {number} of many")
    page = await seen(client)
    assert "number 2 of" in page
    assert "number 1 of" not in page
    older = page.split('class="more" href="')[1].split('"')[0]
    assert "number 1 of" in await seen(client, older.replace("&amp;", "&"))


async def test_pictures_are_kept_by_browsers_and_carry_no_recipe(
    client: Client, services: Services, ada: Asker
) -> None:
    job = await hung(services, ada)
    answer = await client.get(f"/servers/1/pictures/{job.id}.webp")
    assert answer.content_type == "image/webp"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    picture = Image.open(io.BytesIO(await answer.read()))
    assert picture.size == (128, 128)
    assert "exif" not in picture.info


async def test_a_visitor_makes_nobody_draw(
    client: Client, services: Services, ada: Asker, engine: HandEngine, tmp_path: Path
) -> None:
    job = await hung(services, ada)
    for file in (tmp_path / "images").rglob("*.png"):
        file.unlink()
    asked = len(engine.requests)
    assert (await client.get(f"/servers/1/pictures/{job.id}.webp")).status == 404
    assert len(engine.requests) == asked


async def test_nothing_is_inline_and_the_style_is_kept(client: Client) -> None:
    page = await seen(client, "/")
    assert "<script" not in page
    assert " style=" not in page
    path = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = await client.get(path)
    assert (answer.status, answer.content_type) == (200, "text/css")


@pytest.mark.parametrize("header", ["", "en-GB,en", "xx,yy;q=0.5", "../../etc", "a" * 5000, "de;q=0.8"])
def test_unknown_languages_are_read_in_english(header: str) -> None:
    assert language(header) == "en-US"
