"""The time of a change: what is written into decks and ledgers depends on no other."""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timezone

from ..cards.identity.ledger import LAST as LATEST
from .errors import ConfigError


def now() -> int:
    """Unix time in seconds: SOURCE_DATE_EPOCH if it is set, else the time of the clock.

    https://reproducible-builds.org/specs/source-date-epoch/ Raises ConfigError if it is not valid.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH")
    if value is None:
        return int(time.time())
    if not (value.isascii() and value.isdigit() and len(value) <= 12 and int(value) <= LATEST):
        raise ConfigError(f"SOURCE_DATE_EPOCH is {value!r}: set it to a number of seconds since 1970")
    return int(value)


def today() -> date:
    """The day of `now`, in UTC."""
    return datetime.fromtimestamp(now(), timezone.utc).date()
