"""Synthetic tables with the headers and cells of well-known data sets, and the expected role of each column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pandas as pd

ROWS = 600
Cells = Callable[[Random, int], Any]


def ids(pattern: str, many: int) -> Cells:
    """Ids of which the first are the most frequent."""
    return lambda draw, _row: pattern.format(int(many * draw.random() ** 1.7))


def one_of(*cells: Any) -> Cells:
    """One of these, the first the most often."""
    return lambda draw, _row: cells[int(len(cells) * draw.random() ** 2)]


def between(low: int, high: int) -> Cells:
    return lambda draw, _row: draw.randint(low, high)


def fraction(low: float, high: float, digits: int) -> Cells:
    return lambda draw, _row: round(draw.uniform(low, high), digits)


def counts(most: float = 20_000) -> Cells:
    return lambda draw, _row: min(int(most), int(draw.paretovariate(0.8)))


def at(form: str, step: int = 7919) -> Cells:
    """Moments of 2014 and after, written in this format; in seconds or thousandths where it is `s` or `ms`."""

    def write(_draw: Random, row: int) -> Any:
        seconds = 1_400_000_000 + row * step
        if form in ("s", "ms"):
            return seconds if form == "s" else seconds * 1000 + row % 1000
        return pd.Timestamp(seconds, unit="s").strftime(form)

    return write


def often_empty(cells: Cells, word: str = "") -> Cells:
    return lambda draw, row: str(cells(draw, row)) if draw.random() < 0.1 else word


@dataclass(frozen=True)
class Known:
    """A table of a kind that people have."""

    name: str
    columns: Mapping[str, Cells]
    roles: Mapping[str, str]
    """The column of each role that has to be found, and of no other."""
    header: bool = True

    def frame(self, seed: int = 0) -> pd.DataFrame:
        draw = Random(seed)  # noqa: S311 - data, no secrets
        return pd.DataFrame({name: [cells(draw, row) for row in range(ROWS)] for name, cells in self.columns.items()})


USER, ITEM, STARS = ids("{}", 60), ids("{}", 40), between(1, 5)
KNOWN = [
    Known(
        "retailrocket",
        {
            "timestamp": at("ms"),
            "visitorid": USER,
            "event": one_of("view", "addtocart", "transaction"),
            "itemid": ITEM,
            "transactionid": often_empty(between(1, 9999)),
        },
        {"user": "visitorid", "item": "itemid", "timestamp": "timestamp"},
    ),
    Known(
        "amazon 2023",
        {
            "rating": fraction(1, 5, 0),
            "title": one_of("good", "bad", "so, so"),
            "asin": ids("B00{:04}X", 50),
            "parent_asin": ids("B01{:04}X", 40),
            "user_id": ids("AE{:05}Q", 60),
            "timestamp": at("ms"),
            "helpful_vote": counts(300),
            "verified_purchase": one_of(True, False),
        },
        {"user": "user_id", "item": "asin", "rating": "rating", "timestamp": "timestamp"},
    ),
    Known(
        "amazon tsv",
        {
            "marketplace": one_of("US"),
            "customer_id": ids("1{:07}", 60),
            "review_id": lambda _draw, row: f"R{row:06}",
            "product_id": ids("B00{:04}X", 40),
            "product_parent": ids("9{:08}", 40),
            "product_title": ids("A product, no. {}", 40),
            "product_category": one_of("Toys"),
            "star_rating": STARS,
            "helpful_votes": counts(300),
            "total_votes": counts(400),
            "vine": one_of("N", "Y"),
            "verified_purchase": one_of("Y", "N"),
            "review_date": at("%Y-%m-%d"),
        },
        {"user": "customer_id", "item": "product_id", "rating": "star_rating", "timestamp": "review_date"},
    ),
    Known(
        "amazon 2014",
        {
            "reviewerID": ids("A{:05}Q", 60),
            "asin": ids("{:010}", 40),
            "reviewerName": ids("Name {}", 60),
            "reviewText": one_of("fine", "awful"),
            "overall": fraction(1, 5, 0),
            "summary": one_of("a", "b"),
            "unixReviewTime": at("s", 86_400),
            "reviewTime": at("%m %d, %Y"),
        },
        {"user": "reviewerID", "item": "asin", "rating": "overall", "timestamp": "unixReviewTime"},
    ),
    Known(
        "yelp",
        {
            "review_id": lambda _draw, row: f"r-{row}",
            "user_id": ids("u{}", 60),
            "business_id": ids("b{}", 40),
            "stars": fraction(1, 5, 0),
            "useful": counts(50),
            "funny": counts(50),
            "cool": counts(50),
            "date": at("%Y-%m-%d %H:%M:%S"),
        },
        {"user": "user_id", "item": "business_id", "rating": "stars", "timestamp": "date"},
    ),
    Known(
        "diginetica",
        {
            "session_id": USER,
            "user_id": often_empty(between(1, 999), "NA"),
            "item_id": ITEM,
            "timeframe": between(0, 900_000),
            "eventdate": at("%Y-%m-%d"),
        },
        {"user": "session_id", "item": "item_id", "timestamp": "eventdate"},
    ),
    Known(
        "h&m",
        {
            "t_dat": at("%Y-%m-%d"),
            "customer_id": ids("{:064x}", 60),
            "article_id": ids("0{:09}", 40),
            "price": fraction(0.001, 0.05, 6),
            "sales_channel_id": between(1, 2),
        },
        {"user": "customer_id", "item": "article_id", "timestamp": "t_dat"},
    ),
    Known(
        "online retail",
        {
            "InvoiceNo": ids("5{:05}", 200),
            "StockCode": ids("8{:04}A", 40),
            "Description": ids("THING {}", 40),
            "Quantity": lambda draw, row: -1 if row % 40 == 3 else counts(900)(draw, row),
            "InvoiceDate": at("%m/%d/%Y %H:%M"),
            "UnitPrice": fraction(0, 9, 2),
            "CustomerID": ids("1{:04}.0", 60),
            "Country": one_of("United Kingdom", "France"),
        },
        {"user": "CustomerID", "item": "StockCode", "weight": "Quantity", "timestamp": "InvoiceDate"},
    ),
    Known(
        "shop events",
        {
            "event_time": at("%Y-%m-%d %H:%M:%S UTC"),
            "event_type": one_of("view", "cart", "purchase"),
            "product_id": ids("100{:04}", 40),
            "category_id": ids("20530135{:010}", 9),
            "category_code": often_empty(one_of("a.b", "c.d")),
            "brand": one_of("x", "y"),
            "price": fraction(1, 900, 2),
            "user_id": ids("5{:08}", 60),
            "user_session": ids("{:08x}-aa", 200),
        },
        {"user": "user_id", "item": "product_id", "timestamp": "event_time"},
    ),
    Known(
        "instacart",
        {
            "order_id": USER,
            "product_id": ITEM,
            "add_to_cart_order": between(1, 30),
            "reordered": between(0, 1),
        },
        {"user": "order_id", "item": "product_id"},
    ),
    Known(
        "last.fm plays",
        {"userID": USER, "artistID": ITEM, "weight": counts()},
        {"user": "userID", "item": "artistID", "weight": "weight"},
    ),
    Known(
        "last.fm scrobbles",
        {
            "Username": ids("u{}", 60),
            "Artist": ids("Band {}", 30),
            "Track": ids("Song {}", 40),
            "Album": ids("LP {}", 35),
            "Date": at("%d/%m/%Y"),
            "Time": at("%H:%M"),
        },
        {"user": "Username", "item": "Track", "timestamp": "Date", "time_of_day": "Time"},
    ),
    Known(
        "goodreads",
        {
            "user_id": USER,
            "book_id": ITEM,
            "is_read": between(0, 1),
            "rating": between(0, 5),
            "is_reviewed": between(0, 1),
        },
        {"user": "user_id", "item": "book_id", "rating": "rating"},
    ),
    Known(
        "goodreads json",
        {
            "user_id": ids("{:08x}", 60),
            "book_id": ids("{}", 40),
            "review_id": lambda _draw, row: f"{row:09x}",
            "rating": between(1, 5),
            "date_added": at("%a %b %d %H:%M:%S -0800 %Y"),
            "n_votes": counts(90),
            "n_comments": counts(90),
        },
        {"user": "user_id", "item": "book_id", "rating": "rating", "timestamp": "date_added"},
    ),
    Known(
        "tmall",
        {
            "user_id": USER,
            "item_id": ids("1{:05}", 40),
            "cat_id": ids("{}", 9),
            "seller_id": ids("{}", 20),
            "brand_id": ids("{}", 20),
            "time_stamp": lambda draw, _row: draw.randint(5, 11) * 100 + draw.randint(1, 30),
            "action_type": one_of(0, 2, 3, 1),
        },
        {"user": "user_id", "item": "item_id"},
    ),
    Known(
        "recbole",
        {
            "user_id:token": USER,
            "item_id:token": ITEM,
            "rating:float": STARS,
            "timestamp:float": at("s"),
        },
        {"user": "user_id:token", "item": "item_id:token", "rating": "rating:float", "timestamp": "timestamp:float"},
    ),
    Known(
        "kuairec",
        {
            "user_id": USER,
            "video_id": ITEM,
            "play_duration": between(0, 90_000),
            "video_duration": between(5000, 90_000),
            "time": at("%Y-%m-%d %H:%M:%S"),
            "date": at("%Y%m%d"),
            "timestamp": at("s"),
            "watch_ratio": fraction(0, 3, 6),
        },
        {"user": "user_id", "item": "video_id", "weight": "play_duration", "timestamp": "timestamp"},
    ),
    Known(
        "german",
        {
            "Kundennummer": ids("{}", 60),
            "Artikelnummer": ids("A-{}", 40),
            "Menge": counts(),
            "Bestelldatum": at("%d.%m.%Y"),
            "Uhrzeit": at("%H:%M:%S"),
        },
        {
            "user": "Kundennummer",
            "item": "Artikelnummer",
            "weight": "Menge",
            "timestamp": "Bestelldatum",
            "time_of_day": "Uhrzeit",
        },
    ),
    Known(
        "words within words",
        {
            "user": USER,
            "item": ITEM,
            "sentiment": fraction(-1, 1, 4),
            "discount": counts(90),
            "account_age": between(1, 90),
            "country": one_of("Chile", "Peru"),
            "usefulness": between(1, 5),
            "lifetime": at("s"),
            "scoreboard": between(1, 5),
            "updated": one_of(True, False),
        },
        {"user": "user", "item": "item", "timestamp": "lifetime"},
    ),
    Known(
        "names of times that hold none",
        {"user": USER, "item": ITEM, "rating": STARS, "time": between(5, 90), "date": one_of(True, False)},
        {"user": "user", "item": "item", "rating": "rating"},
    ),
    Known(
        "visits that are called ratings",
        {"user": USER, "item": ITEM, "rating": counts()},
        {"user": "user", "item": "item", "weight": "rating"},
    ),
    Known(
        "yoochoose clicks",
        {
            "1": lambda _draw, row: row // 4 + 1,
            "2": at("%Y-%m-%dT%H:%M:%S.000Z", 61),
            "3": ids("21450{:04}", 40),
            "4": one_of("0", "S", "3", "11"),
        },
        {"user": "1", "item": "3", "timestamp": "2"},
        header=False,
    ),
    Known(
        "taobao",
        {
            "1": USER,
            "2": ids("2{:06}", 40),
            "3": ids("45{:05}", 9),
            "4": one_of("pv", "cart", "fav", "buy"),
            "5": at("s"),
        },
        {"user": "1", "item": "2", "timestamp": "5"},
        header=False,
    ),
    Known(
        "gowalla",
        {
            "1": USER,
            "2": at("%Y-%m-%dT%H:%M:%SZ"),
            "3": fraction(-80, 80, 10),
            "4": fraction(-170, 170, 10),
            "5": ids("{}", 40),
        },
        {"user": "1", "item": "5", "timestamp": "2"},
        header=False,
    ),
    Known(
        "foursquare",
        {
            "1": USER,
            "2": ids("4f0fd5a8e4b03856eeb6{:04}", 40),
            "3": ids("4bf58dd8d48988d1{:04}", 9),
            "4": ids("Shop {}", 9),
            "5": fraction(40, 41, 7),
            "6": fraction(-75, -73, 7),
            "7": one_of(-240, -300),
            "8": at("%a %b %d %H:%M:%S +0000 %Y"),
        },
        {"user": "1", "item": "2", "timestamp": "8"},
        header=False,
    ),
    Known(
        "movielens",
        {"1": USER, "2": ITEM, "3": STARS, "4": lambda draw, _row: draw.randint(874_724_710, 893_286_638)},
        {"user": "1", "item": "2", "rating": "3", "timestamp": "4"},
        header=False,
    ),
    Known(
        "ids of nine digits",
        {"1": ids("214501{:03}", 60), "2": ids("314500{:03}", 40), "3": STARS},
        {"user": "1", "item": "2", "rating": "3"},
        header=False,
    ),
    Known(
        "plays without a header",
        {"1": ids("{:040x}", 60), "2": ids("{:08x}-mb", 40), "3": ids("Band {}", 40), "4": counts()},
        {"user": "1", "item": "2", "weight": "4"},
        header=False,
    ),
    Known(
        "steam",
        {
            "1": ids("1516{:05}", 60),
            "2": ids("The Game, Part {}", 40),
            "3": one_of("purchase", "play"),
            "4": fraction(0.1, 87.5, 1),
            "5": one_of(0),
        },
        {"user": "1", "item": "2"},
        header=False,
    ),
]
