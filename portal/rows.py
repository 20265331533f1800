"""Statements written by hand, where there are hundreds a second: to make one takes the ORM longer than it takes the
database to obey it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.db import connection, models


def query(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that the statement returns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to a model's table in one statement. Values are as the database's driver takes them.

    `bulk_create` makes an instance of each row, and SQL of each instance: that takes several times as long as the
    database does, and on SQLite nobody else writes meanwhile.
    """
    if rows:
        places = f"({', '.join(['%s'] * len(columns))})"
        sql = f"INSERT INTO {model._meta.db_table} ({quote(columns)}) VALUES {', '.join([places] * len(rows))}"
        with connection.cursor() as cursor:
            cursor.execute(sql, list(chain.from_iterable(rows)))


def quote(columns: Sequence[str]) -> str:
    """A list of columns: to PostgreSQL "user" is a word of its own otherwise."""
    return ", ".join([f'"{column}"' for column in columns])
