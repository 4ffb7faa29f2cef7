"""Times as people read them: a record's UTC moment in the zone of the machine, in English and French. Pure but for the zone.

Records and everything for programs keep UTC; whoever shows a time to a person does it through here. `zone` None is the
machine's own, which only the outermost callers leave so: tests give one.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

MONTHS = (
    ("January", "February", "March", "April", "May", "June",
     "July", "August", "September", "October", "November", "December"),
    ("janvier", "février", "mars", "avril", "mai", "juin",
     "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)  # fmt: skip


def local(stamp: str, zone: tzinfo | None) -> datetime | None:
    """The moment that a record's time names, in the zone; None where it is no time."""
    try:
        return datetime.fromisoformat(stamp.replace("Z", "+00:00")).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return None


def day(at: date, language: str) -> str:
    """`13 June 2026`, `1er décembre 2026`."""
    month = MONTHS[language == "fr"][at.month - 1]
    return f"{'1er' if language == 'fr' and at.day == 1 else at.day} {month} {at.year}"


def moment(stamp: str, language: str, zone: tzinfo | None, *, seconds: bool = False) -> str:
    """`13 June 2026, 16:00`, with `seconds` `16:00:07`; what is no time comes back as it is.

    A machine that runs on UTC says so: its people's clocks show something else.
    """
    at = local(stamp, zone)
    if at is None:
        return stamp
    clock = f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    return f"{day(at, language)}, {clock}" + (" (UTC)" if at.tzname() == "UTC" else "")


def since(stamp: str, language: str, zone: tzinfo | None) -> str:
    """A moment as it follows “since” and “depuis”: `13 June 2026, 16:00`, `le 13 juin 2026, 16:00`."""
    told = moment(stamp, language, zone)
    return f"le {told}" if language == "fr" and told != stamp else told
