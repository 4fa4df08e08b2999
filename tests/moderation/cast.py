"""Olga, Marek and Ina look at what businesses send. Monday 23 November 2026, ten in the morning in Warsaw."""

from datetime import UTC, date, datetime, timedelta

from app.accounts.models import Moderator, ProviderAccount
from app.db import public_id, writing
from app.offers import offer_rules
from app.offers.models import Category, Location, Offer, OfferText, Provider, Schedule, State
from app.offers.texts import Wanted, as_wanted
from app.seal import lookup

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def new_moderator(name: str, email: str = "", language: str = "en") -> Moderator:
    """A volunteer with a second factor."""
    email = email or f"{name.lower()}@example.org"
    moderator = Moderator(
        public_id=public_id(),
        name=name,
        email_lookup=lookup("email", email),
        language=language,
        created_at=NOW - 90 * DAY,
        accepted_at=NOW - 89 * DAY,
    )
    moderator.email = email
    with writing() as session:
        session.add(moderator)
    return moderator


def new_business(
    name: str = "Studio Lipa",
    *,
    state: State = State.APPROVED,
    email: str = "",
    waits: timedelta = HOUR,
) -> Provider:
    """A business with a confirmed address and one place in Warsaw; it reads Polish."""
    email = email or name.lower().replace(" ", ".") + "@example.org"
    account = ProviderAccount(
        public_id=public_id(),
        email_lookup=lookup("email", email),
        password_hash="-",
        language="pl",
        confirmed_at=NOW - waits,
        created_at=NOW - waits,
    )
    account.email = email
    provider = Provider(
        name=name, about="Hair", state=state, account=account, created_at=NOW - waits
    )
    provider.locations = [
        Location(
            address="ul. Lipowa 7",
            city="Warszawa",
            country="PL",
            lat=52.2341,
            lon=20.9812,
            timezone="Europe/Warsaw",
        )
    ]
    with writing() as session:
        session.add(provider)
    return provider


def new_offer(
    provider: Provider,
    title: str = "Farbowanie włosów",
    category: Category = Category.HAIR,
    *,
    state: State = State.PENDING,
    waits: timedelta = HOUR,
    **also: object,
) -> Offer:
    """An offer with hours on weekdays, sent to be checked."""
    offer = Offer(
        provider=provider,
        location=provider.locations[0] if provider.locations else None,
        category=int(category),
        state=state,
        created_at=NOW - waits,
        submitted_at=NOW - waits,
        published_at=NOW if state is State.APPROVED else None,
        meets="Ewa",
        languages=5,
        **also,
    )
    offer.texts = [OfferText(language="pl", position=0, title=title, description="Bez pośpiechu.")]
    offer.schedule = [
        Schedule(byday=day, opens=600, closes=840, dtstart=date(2026, 11, 1)) for day in range(5)
    ]
    with writing() as session:
        session.add(offer)
    return offer


def new_change(offer: Offer, *, waits: timedelta = 50 * MINUTE, **other: object) -> Wanted:
    """The business wants its published offer to say something else."""
    wanted = Wanted(**{**as_wanted(offer), **other})  # type: ignore[typeddict-item]
    with writing() as session:
        offer_rules.want(session.merge(offer), wanted, now=NOW - waits)
    return wanted
