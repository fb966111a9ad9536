"""Use cases: one method, one transaction; no Discord. Built once, by `bot.app`."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bot.domain.community import WebPages
from bot.imaging.classify import is_available, nsfw_score
from bot.imaging.fetch import Fetcher
from bot.services.allowances import Allowances
from bot.services.appeals import Appeals
from bot.services.arrivals import Arrivals
from bot.services.audit import Audit
from bot.services.backups import Backups
from bot.services.binning import Binning
from bot.services.clock import Clock, utc_now
from bot.services.commands import Commands
from bot.services.explaining import Explaining
from bot.services.forgetting import Digests, Forgetting
from bot.services.gallery import Gallery
from bot.services.gates.blocks import BlockGate
from bot.services.gates.cap import CapGate
from bot.services.gates.forgotten import ForgottenGate
from bot.services.gates.hosted import HostedGate
from bot.services.gates.listed import ListedGate
from bot.services.gates.minors import MinorsGate
from bot.services.gates.models import ModelGate
from bot.services.gates.newcomers import NewcomerGate
from bot.services.gates.paused import PausedGate
from bot.services.gates.room import RoomGate
from bot.services.gates.rules import RuleGate
from bot.services.gates.speed import SpeedGate
from bot.services.gates.uploads import UploadGate
from bot.services.gates.waiting import WaitingGate
from bot.services.guilds import Guilds
from bot.services.health import Health
from bot.services.host import Host
from bot.services.imports import Imports
from bot.services.info import Info
from bot.services.jobs import Jobs
from bot.services.kept import KeptOrders
from bot.services.likes import Likes
from bot.services.looking import Looking
from bot.services.making_of import MakingsOf
from bot.services.models import Models
from bot.services.onboarding import Onboarding
from bot.services.order_appeals import OrderAppeals
from bot.services.orders import Orders
from bot.services.outbox import Outbox
from bot.services.pictures import Pictures
from bot.services.preferences import MemberPreferences
from bot.services.queue import Queue
from bot.services.quotas import Quotas
from bot.services.recipes import Recipes
from bot.services.regions import Regions
from bot.services.removals import Removals
from bot.services.reports import Reports
from bot.services.rooms import Rooms
from bot.services.rules import Rules
from bot.services.runs import Runs
from bot.services.safety import Safety
from bot.services.sanctions import Sanctions
from bot.services.shown import Shown
from bot.services.studios import Studios
from bot.services.taking_back import TakingBack
from bot.services.uploads import Uploads
from bot.services.usage import UsageReports
from bot.storage.database import Database
from bot.storage.images import ImageFiles
from bot.storage.uploads import UploadFiles
from engine.api import Engine

KEY_FILE = "forgetting.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Every use case of the bot."""

    models: Models
    arrivals: Arrivals
    orders: Orders
    imports: Imports
    explaining: Explaining
    makings_of: MakingsOf
    regions: Regions
    jobs: Jobs
    kept: KeptOrders
    likes: Likes
    looking: Looking
    runs: Runs
    pictures: Pictures
    outbox: Outbox
    quotas: Quotas
    preferences: MemberPreferences
    info: Info
    usage: UsageReports
    onboarding: Onboarding
    rooms: Rooms
    gallery: Gallery
    guilds: Guilds
    audit: Audit
    rules: Rules
    sanctions: Sanctions
    appeals: Appeals
    order_appeals: OrderAppeals
    reports: Reports
    queue: Queue
    removals: Removals
    uploads: Uploads
    shown: Shown
    studios: Studios
    taking_back: TakingBack
    binning: Binning
    forgetting: Forgetting
    safety: Safety
    commands: Commands
    host: Host
    health: Health
    backups: Backups


def build_services(
    database: Database,
    engine: Engine,
    *,
    data_dir: Path,
    daily_images: int,
    allows_nsfw: bool = False,
    public_url: str = "",
    fetcher: Fetcher | None = None,
    upload_days: int = 30,
    owners: Collection[int] = (),
    guilds: Collection[int] = (),
    now: Clock = utc_now,
) -> Services:
    """The services on one database, one engine and one folder of pictures.

    `public_url` is where people find the web pages; empty where that is nowhere. `fetcher` downloads the
    pictures that members bring along, which are kept for `upload_days`. `owners` run
    this bot, and let it be used in these `guilds`: none means in all.
    """
    files = ImageFiles(data_dir / "images")
    classify = nsfw_score if is_available() else None
    uploads = Uploads(
        database,
        UploadFiles(data_dir / "uploads"),
        fetcher or Fetcher(),
        classify,
        days=upload_days,
        owners=owners,
        allows_nsfw=allows_nsfw,
        now=now,
    )
    pictures = Pictures(database, files, uploads, engine)
    runs = Runs(database, engine, pictures, now=now)
    queue = Queue(database, runs, now=now)
    removals = Removals(database, files)
    sanctions = Sanctions(database, queue, now=now)
    digests = Digests(data_dir / KEY_FILE)
    host = Host(database, owners=owners, guilds=guilds, now=now)
    models = Models(engine)
    allowances = Allowances(models, daily_images=daily_images)
    kept = KeptOrders(database, now=now)
    gates = (
        MinorsGate(),
        ListedGate(host.is_listed),
        BlockGate(now=now),
        ForgottenGate(digests, now=now),
        HostedGate(),
        PausedGate(),
        RuleGate(allows_nsfw=allows_nsfw, now=now),
        ModelGate(),
        RoomGate(now=now),
        SpeedGate(),
        UploadGate(now=now),
        NewcomerGate(now=now),
        WaitingGate(),
        CapGate(models, now=now),
    )
    jobs = Jobs(database, models, runs, kept, allowances=allowances, gates=gates, now=now)
    taking_back = TakingBack(database, files, removals, now=now)
    recipes = Recipes(models)
    shown, explaining = Shown(database, models), Explaining(engine, pictures, recipes)
    imports = Imports(database, files, recipes, now=now)
    quotas = Quotas(database, allowances, now=now)
    preferences = MemberPreferences(database, models, now=now)
    studios = Studios(database, models)
    orders = Orders(database, jobs, kept, recipes, imports, preferences, uploads, studios)
    return Services(
        models=models,
        arrivals=Arrivals(database, orders, now=now),
        orders=orders,
        imports=imports,
        explaining=explaining,
        makings_of=MakingsOf(
            database,
            files,
            shown,
            pictures,
            explaining,
            gates=(
                ListedGate(host.is_listed),
                BlockGate(now=now),
                ForgottenGate(digests, now=now),
                HostedGate(),
                PausedGate(),
            ),
        ),
        regions=Regions(orders, pictures, explaining),
        jobs=jobs,
        kept=kept,
        likes=Likes(database, now=now),
        looking=Looking(database, engine, models, uploads, pictures, now=now),
        runs=runs,
        pictures=pictures,
        outbox=Outbox(database, now=now),
        quotas=quotas,
        preferences=preferences,
        info=Info(database, models, quotas, preferences, jobs, runs, host, now=now),
        usage=UsageReports(database, now=now),
        onboarding=Onboarding(database, orders, kept, now=now),
        rooms=Rooms(database, now=now),
        gallery=Gallery(database, pages=WebPages(public_url=public_url), now=now),
        guilds=Guilds(
            database,
            allows_nsfw=allows_nsfw,
            can_classify=classify is not None,
            models=models,
            now=now,
        ),
        audit=Audit(database),
        rules=Rules(database, allows_nsfw=allows_nsfw, now=now),
        sanctions=sanctions,
        appeals=Appeals(database, now=now),
        order_appeals=OrderAppeals(database, kept, orders, now=now),
        reports=Reports(database, removals, sanctions, queue, now=now),
        queue=queue,
        removals=removals,
        uploads=uploads,
        shown=shown,
        studios=studios,
        taking_back=taking_back,
        binning=Binning(database, jobs, taking_back, now=now),
        forgetting=Forgetting(database, files, uploads, runs, digests, now=now),
        safety=Safety(database, removals, classify, allows_nsfw=allows_nsfw, now=now),
        commands=Commands(database, now=now),
        host=host,
        health=Health(database, engine, now=now),
        backups=Backups(database, now=now),
    )
