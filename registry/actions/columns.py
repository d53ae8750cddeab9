"""Whole columns out of the database into numpy, and rows of arrays back into it."""

import numpy as np
import psycopg
from django.db import connection

EPOCH = "DATE '1970-01-01'"
SENDERS = {"<i2": "int2send", "<i4": "int4send", "<i8": "int8send"}


def fetch(query, params, dtype):
    """The rows of a query as an array of `dtype`; its columns are integers and never null.

    One value a column crosses the wire: a million rows cost no more Python than one.
    """
    sends = ", ".join(
        f"string_agg({SENDERS[dtype[name].str]}(q.\"{name}\"), '')" for name in dtype.names
    )
    with run(f"SELECT count(*), {sends} FROM ({query}) q", params) as cursor:
        count, *columns = cursor.fetchone()
    rows = np.empty(count, dtype)
    for name, column in zip(dtype.names, columns, strict=True):
        rows[name] = np.frombuffer(column or b"", dtype[name].newbyteorder(">"))
    return rows


def run(query, params):
    """Runs a query with its parameters apart from it, in binary: for long arrays and bytes."""
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.execute(query, params, binary=True)
    return cursor


def days(column):
    """SQL for a date as a number of days since 1970."""
    return f"({column} - {EPOCH})"
