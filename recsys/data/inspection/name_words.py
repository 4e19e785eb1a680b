"""The words of a column's name, and how well they fit a role. Only whole words count; the last one says what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

USERS = (
    *("user", "customer", "member", "reviewer", "profile", "person", "account", "visitor", "client", "uid"),
    *("reader", "listener", "viewer", "player", "buyer", "student", "consumer", "household", "shopper", "guest"),
    *("kunde", "kunden", "nutzer", "benutzer", "mitglied", "utilisateur", "usuario", "cliente", "session", "basket"),
    *("order", "cart", "visit", "invoice"),
)
ITEMS = (
    *("item", "movie", "film", "book", "isbn", "product", "asin", "business", "anime", "track", "song", "artist"),
    *("album", "sku", "article", "game", "recipe", "joke", "restaurant", "hotel", "course", "iid", "video", "news"),
    *("place", "venue", "poi", "beer", "wine", "podcast", "show", "app", "offer", "coupon", "listing", "property"),
    *("artikel", "produkt", "produkte", "buch", "produit", "producto", "articulo", "stock", "location", "aid"),
)
RATINGS = (
    *("rating", "stars", "star", "score", "overall", "liked", "like", "grade", "vote", "thumb", "preference"),
    *("bewertung", "sterne", "note", "calificacion", "puntuacion"),
)
WEIGHTS = (
    *("plays", "playcount", "listens", "quantity", "qty", "weight", "clicks", "count", "purchases", "views", "visits"),
    *("checkins", "hours", "playtime", "frequency", "freq", "streams", "scrobbles", "downloads", "units", "amount"),
    *("interactions", "watches", "duration", "minutes", "cnt", "times", "forever", "menge", "anzahl", "quantité"),
    *("cantidad", "stück", "stückzahl"),
)
TIMES = (
    *("timestamp", "time", "datetime", "date", "when", "at", "ts", "epoch", "dt", "day"),
    *("zeitstempel", "zeitpunkt", "zeit", "datum", "fecha"),
)
ROLES: Mapping[str, tuple[str, ...]] = {
    "user": USERS,
    "item": ITEMS,
    "rating": RATINGS,
    "weight": WEIGHTS,
    "timestamp": TIMES,
}
"""The last word of a column's name for each role, the most certain first."""
EVENTS = ("event", "action", "behavior", "behaviour", "interaction", "activity", "operation", "verb", "type", "kind")
"""Words in the name of a column of event types."""

_IDS = (
    *("id", "ids", "key", "no", "nr", "num", "number", "nummer", "code", "uuid", "guid", "hash", "idx", "index", "uri"),
    *("unique", "pseudo", "masked", "anon", "encoded", "encrypted", "mbid", "sha", "token", "float", "raw"),
)
"""Words that follow the word of an id."""
_NAMES = ("name", "title", "titel")
_PLAYED = (
    *("play", "played", "listen", "listening", "watch", "watching", "view", "viewing", "click", "visit", "purchase"),
    *("order", "ordered", "stream", "download", "checkin", "event", "buy", "bought", "sold", "interaction", "reading"),
)
"""User actions. A count next to one of these is a weight."""
_LASTING = ("play", "listen", "listening", "watch", "watching", "view", "viewing", "reading")
"""Actions that take time. A time next to one of these is a duration."""
_WITH_WEIGHT = {*_PLAYED, *WEIGHTS, "n", "num", "number", "of", "total", "sum", "user", "item", "product"}
_WITH_RATING = {
    *USERS,
    *ITEMS,
    *RATINGS,
    *("review", "given", "my", "value", "val", "explicit", "final", "float", "raw", "real", "rate"),
}
_NO_RATING = {
    *("helpful", "helpfulness", "useful", "funny", "cool", "total", "count", "number", "average", "avg", "mean", "std"),
    *("sentiment", "similarity", "up", "down", "critic", "critics", "imdb", "metacritic", "community", "predicted"),
    *("prediction", "max", "min", "num", "n"),
}
_NO_TIME = {
    *("birth", "release", "released", "published", "publication", "launch", "signup", "registration", "registered"),
    *("join", "joined", "expiry", "spent", "zone", "cooking", "prep", "run", "delivery", "shipping", "since", "week"),
}
_AFTER_TIME = {"ms", "sec", "seconds", "utc", "gmt", "local", "unix", "added", "created", "updated", "float", "stamp"}
_SHORT = 4
"""The length below which a word has no plural."""
_PLURALS = {"votes", "likes", "scores", "grades"}
"""Words for how many there are, which are not ratings."""
_KNOWN = {
    *(word for known in ROLES.values() for word in known),
    *(*EVENTS, *_IDS, *_NAMES, *_PLAYED, *_WITH_WEIGHT, *_WITH_RATING, *_NO_RATING, *_NO_TIME, *_AFTER_TIME),
    *("created", "unix", "category", "price", "text", "parent", "seller", "brand", "split", "set", "fold"),
} - {"n", "no", "of", "up"}


def words(name: str) -> list[str]:
    """The words of a name in lower case, split at capitals, digits, signs and known words (`userid`)."""
    apart = re.sub(r"(?<=[^\W\dA-Z_])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word for run in re.findall(r"[^\W\d_]+", apart.lower()) for word in _known_words(run)]


def fit(name: str, role: str) -> tuple[int, int] | None:
    """How well a name fits a role, lower is better: by its other words, then by the role's word. None if it does not.

    Users and items: ids rank before bare words, and these before names. Ratings: 2 if the name has unknown words.
    """
    found = words(name)
    if role in ("user", "item"):
        return _fit_of_id(found, ROLES[role])
    return {"rating": _fit_of_rating, "weight": _fit_of_weight, "timestamp": _fit_of_time}[role](found)


def _fit_of_id(found: Sequence[str], known: Sequence[str]) -> tuple[int, int] | None:
    bare = _without_last(found, {*_IDS} - {*known})
    if not bare:
        return None
    if bare[-1] in known:
        plain = len(bare) == 1
        return (0 if plain and len(found) > 1 else 1 if plain else 2), known.index(bare[-1])
    if len(bare) > 1 and bare[-1] in _NAMES and bare[-2] in known:
        return 4, known.index(bare[-2])
    return None


def _fit_of_rating(found: Sequence[str]) -> tuple[int, int] | None:
    bare = _without_last(found, {"value", "val", "float", "raw", "given"})
    if not bare or bare[-1] not in RATINGS or _NO_RATING & set(found):
        return None
    others = set(bare[:-1])
    return (0 if not others else 1 if others <= _WITH_RATING else 2), RATINGS.index(bare[-1])


def _fit_of_weight(found: Sequence[str]) -> tuple[int, int] | None:
    if not found or not set(found) <= {*_WITH_WEIGHT, "time", "float", "seconds"}:
        return None
    done = [word for word in found if word in _PLAYED]
    last = next((word for word in reversed(found) if word in WEIGHTS), None)
    if last in ("weight", "count") and {"item", "product"} & set(found):
        return None
    if last is not None:
        return (0 if len(found) == 1 else 1), WEIGHTS.index(last)
    if done and {"total", "num", "number", "n"} & set(found):
        return 2, 0
    if {*_LASTING} & set(found) and {"time", "seconds"} & set(found):
        return 2, 0
    return (3, 0) if done == list(found) and found[0] in ("play", "listen", "view", "click") else None


def _fit_of_time(found: Sequence[str]) -> tuple[int, int] | None:
    bare = found if set(found) <= _AFTER_TIME else _without_last(found, _AFTER_TIME)
    if not bare or bare[-1] not in TIMES or _NO_TIME & set(found):
        return None
    if bare == ["at"] or (bare[-1] == "time" and {*_LASTING} & set(found)):
        return None  # how long it took is no time
    return (0 if len(bare) == 1 else 1), TIMES.index(bare[-1])


def _without_last(found: Sequence[str], more: set[str]) -> list[str]:
    """The words without those at the end that only say how the value is written; at least one remains."""
    bare = list(found)
    while len(bare) > 1 and bare[-1] in more:
        bare.pop()
    return bare


@cache
def _known_words(run: str) -> tuple[str, ...]:
    """A run of letters as the known words that compose it, or itself."""
    if run in _KNOWN or run in _PLURALS or len(run) < _SHORT:
        return (run,)
    if run.endswith("s") and run[:-1] in _KNOWN:
        return (run[:-1],)
    for cut in range(len(run) - 2, 1, -1):
        if run[:cut] in _KNOWN and (run[cut:] in {*_KNOWN, "no"} or len(_known_words(run[cut:])) > 1):
            return (run[:cut], *_known_words(run[cut:]))
    return (run,)
