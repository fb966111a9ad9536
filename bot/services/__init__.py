"""Use cases: one method, one transaction; no Discord. Built once, by `bot.app`."""

from dataclasses import dataclass
from pathlib import Path

from bot.imaging.classify import is_available, nsfw_score
from bot.services.allowances import Allowances
from bot.services.audit import Audit
from bot.services.clock import Clock, utc_now
from bot.services.commands import Commands
from bot.services.forgetting import Forgetting
from bot.services.gallery import Gallery
from bot.services.guilds import Guilds
from bot.services.health import Health
from bot.services.jobs import Jobs
from bot.services.limits import WaitingLimit
from bot.services.onboarding import NewcomerGate, Onboarding
from bot.services.outbox import Outbox
from bot.services.people import People
from bot.services.pictures import Pictures
from bot.services.queue import Queue
from bot.services.quotas import Quotas
from bot.services.reports import Reports
from bot.services.rooms import RoomGate, Rooms
from bot.services.rules import Rules
from bot.services.runs import Runs
from bot.services.safety import Safety
from bot.services.usage import UsageReports
from bot.storage.database import Database
from bot.storage.images import ImageFiles
from engine.api import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Every use case of the bot."""

    jobs: Jobs
    runs: Runs
    pictures: Pictures
    outbox: Outbox
    quotas: Quotas
    usage: UsageReports
    onboarding: Onboarding
    rooms: Rooms
    gallery: Gallery
    guilds: Guilds
    audit: Audit
    rules: Rules
    people: People
    reports: Reports
    queue: Queue
    forgetting: Forgetting
    safety: Safety
    commands: Commands
    health: Health


def build_services(
    database: Database,
    engine: Engine,
    *,
    data_dir: Path,
    daily_images: int,
    allows_nsfw: bool = False,
    now: Clock = utc_now,
) -> Services:
    """The services on one database, one engine and one folder of pictures."""
    files = ImageFiles(data_dir / "images")
    pictures = Pictures(database, files, engine)
    runs = Runs(database, engine, pictures, now=now)
    queue = Queue(database, runs, now=now)
    people = People(database, queue, now=now)
    rules = Rules(database, allows_nsfw=allows_nsfw, now=now)
    forgetting = Forgetting(database, files, runs, key_path=data_dir / "forgetting.key", now=now)
    allowances = Allowances(engine, daily_images=daily_images)
    gates = (people, forgetting, queue, rules, RoomGate(now=now), NewcomerGate(now=now), WaitingLimit())
    jobs = Jobs(database, engine, runs, allowances=allowances, gates=gates, now=now)
    return Services(
        jobs=jobs,
        runs=runs,
        pictures=pictures,
        outbox=Outbox(database, now=now),
        quotas=Quotas(database, allowances, now=now),
        usage=UsageReports(database, now=now),
        onboarding=Onboarding(database, jobs, now=now),
        rooms=Rooms(database, now=now),
        gallery=Gallery(database, now=now),
        guilds=Guilds(database, now=now),
        audit=Audit(database),
        rules=rules,
        people=people,
        reports=Reports(database, files, now=now),
        queue=queue,
        forgetting=forgetting,
        safety=Safety(
            database, files, nsfw_score if is_available() else None, allows_nsfw=allows_nsfw, now=now
        ),
        commands=Commands(database, now=now),
        health=Health(database, engine, now=now),
    )
