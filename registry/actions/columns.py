"""Whole columns out of the database into numpy, and rows of arrays back into it."""

import struct
from weakref import WeakSet

import numpy as np
import psycopg
from django.db import connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

EPOCH = "DATE '1970-01-01'"
SENDERS = {"<i2": "int2send", "<i4": "int4send", "<i8": "int8send"}
INTEGERS = {2: 21, 4: 23, 8: 20}
"""Widths in bytes and the types' numbers in PostgreSQL."""


def fetch(query, params, dtype, *, keep_plan=False):
    """The rows of a query as an array of `dtype`: integers, or ASCII texts padded with spaces.

    No column is ever null. One value a column crosses the wire: a million rows cost no more Python
    than one.
    """
    sends = ", ".join(_send(f'q."{name}"', dtype[name]) for name in dtype.names)
    query = f"SELECT count(*), {sends} FROM ({query}) q"
    with run(query, params, keep_plan=keep_plan) as cursor:
        count, *columns = cursor.fetchone()
    rows = np.empty(count, dtype)
    for name, column in zip(dtype.names, columns, strict=True):
        rows[name] = np.frombuffer(column or b"", dtype[name].newbyteorder(">"))
    return rows


def _send(column, dtype):
    if dtype.kind == "S":
        return f"convert_to(string_agg(rpad({column}, {dtype.itemsize}), ''), 'UTF8')"
    return f"string_agg({SENDERS[dtype.str]}({column}), '')"


class ColumnDumper(Dumper):
    """A numpy array of integers as PostgreSQL receives an array, without a Python object a cell."""

    format = Format.BINARY

    def dump(self, column):
        width = column.dtype.itemsize
        cells = np.empty(len(column), [("width", ">i4"), ("value", f">i{width}")])
        cells["width"], cells["value"] = width, column
        return struct.pack("!5i", 1, 0, INTEGERS[width], len(column), 1) + cells.tobytes()


KNOW_ARRAYS = WeakSet()
"""The sessions with the database that take arrays of numpy."""

PLANS_AFTER = 5
"""So often a session asks before the database keeps the plan."""


def run(query, params, *, keep_plan=False):
    """Runs a query with its parameters apart from it, in binary: for arrays of numpy and bytes.

    `keep_plan`: for what is asked of one person, again and again; no plan suits few and many.
    """
    connection.ensure_connection()
    session = connection.connection
    if session not in KNOW_ARRAYS:
        session.adapters.register_dumper(np.ndarray, ColumnDumper)
        session.prepare_threshold = PLANS_AFTER
        KNOW_ARRAYS.add(session)
    prepare = None if keep_plan else False
    return psycopg.Cursor(session).execute(query, params, binary=True, prepare=prepare)


def days(column):
    """SQL for a date as a number of days since 1970."""
    return f"({column} - {EPOCH})"


def of(table, columns):
    """SQL for columns, named apart by commas, of a table."""
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))
