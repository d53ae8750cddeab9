"""The items of a file on their way in: two tables of this connection, filled by COPY."""

from django.db import connection

from payments.rules import returns
from payments.rules.matching import BIN_PAYER, IIN_PAYER, NO_PAYER
from payments.rules.totals import Refusal, Refused
from registry.rules.iin import PayerKind, are_iins, payer_kind
from registry.rules.names import fold

TABLES = """
DROP TABLE IF EXISTS incoming_item, incoming_order;
CREATE TEMP TABLE incoming_order (
    number int, message bigint, reference text COLLATE "C", order_no text, order_date date,
    credited_on date, knp text, payer text COLLATE "C", payer_kind int,
    payer_person bigint DEFAULT 0, payer_name text, items int, total bigint, declared bigint,
    purpose text, posting text
);
CREATE TEMP TABLE incoming_item (
    row bigint, order_number int, line int, iin text COLLATE "C", iin_ok boolean, last_name text,
    first_name text, middle_name text, last_key text COLLATE "C", first_key text COLLATE "C",
    birth_date date, period text, month int, amount bigint, raw text
);
"""
ORDER = (
    "number, reference, order_no, order_date, credited_on, knp, payer, payer_kind, payer_name,"
    " items, total, declared, purpose"
)
INDEXES = f"""
CREATE INDEX ON incoming_item (row);
CREATE INDEX ON incoming_order (number);
UPDATE incoming_order o SET message = f.number
    FROM (SELECT reference, knp = '{returns.KNP}' AS sent_back, min(number) AS number
        FROM incoming_order GROUP BY 1, 2) f
    WHERE f.reference = o.reference AND f.sent_back = (o.knp = '{returns.KNP}');
ANALYZE incoming_item;
ANALYZE incoming_order;
"""
LONGEST_REFERENCE, LONGEST_PURPOSE = 60, 500
PAYER_KINDS = {None: NO_PAYER, PayerKind.BIN: BIN_PAYER, PayerKind.IIN: IIN_PAYER}


def fill(reading, progress):
    """Reads a register to its end into empty tables."""
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for batch in reading:
            if batch.items:
                _copy(cursor, "incoming_item", _items(batch.items, rows))
                rows += len(batch.items)
            if batch.messages:
                _copy(cursor, f"incoming_order ({ORDER})", _orders(batch.messages))
            progress()
        cursor.execute(INDEXES)


def forget():
    """A connection may live long after its file."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE incoming_item, incoming_order")


def keep_messages(file):
    """Keeps the messages of a file, one for each reference; returns their number.

    What was sent back under a reference is a message of its own. From then on `message` of an
    order is the id of its message.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_message (file_id, number, reference, credited_on, knp, payer,"
            " payer_name, items, total, declared)"
            " SELECT %s, o.message, o.reference, min(o.credited_on),"
            " left((array_agg(o.knp ORDER BY o.number))[1], 20),"
            " left((array_agg(o.payer ORDER BY o.number))[1], 40),"
            " left((array_agg(o.payer_name ORDER BY o.number))[1], 255),"
            " sum(o.items), sum(o.total) / 100.0, sum(o.declared) / 100.0"
            " FROM incoming_order o GROUP BY o.message, o.reference ORDER BY o.message"
            " ON CONFLICT (file_id, number) DO NOTHING",
            (file.pk,),
        )
        messages = cursor.rowcount or file.messages_count
        cursor.execute(
            "UPDATE incoming_order o SET message = m.id, posting = ''"
            " FROM payments_message m WHERE m.file_id = %s AND m.number = o.message",
            (file.pk,),
        )
        return messages


def _copy(cursor, table, lines):
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write("".join(lines))


def _items(items, before):
    valid = are_iins(item.iin for item in items)
    for row, (item, iin_ok) in enumerate(zip(items, valid, strict=True), before + 1):
        order, line, *texts, born, period, month, amount, raw = item
        texts.append(period)
        together = "".join(texts)
        if not together.isprintable() or "\\" in together:
            texts = map(text, texts)
        iin, last, first, middle, written = texts
        yield (
            f"{row}\t{order}\t{line}\t{iin}\t{iin_ok}\t{last}\t{first}\t{middle}\t"
            f"{fold(item.last_name)}\t{fold(item.first_name)}\t{null(born)}\t"
            f"{written}\t{null(month)}\t{amount}\t{text(raw)}\n"
        )


def _orders(orders):
    for order in orders:
        if len(order.reference) > LONGEST_REFERENCE:
            raise Refused(Refusal.UNREADABLE, f"reference of {len(order.reference)} characters")
        kind = PAYER_KINDS[payer_kind(order.payer_id)]
        yield (
            f"{order.number}\t{text(order.reference)}\t{text(order.order_no[:60])}\t"
            f"{null(order.order_date)}\t{null(order.credited_on)}\t{text(order.knp)}\t"
            f"{text(order.payer_id)}\t{kind}\t{text(order.payer_name)}\t{order.items}\t"
            f"{order.total}\t{null(order.declared)}\t{text(order.purpose[:LONGEST_PURPOSE])}\n"
        )


def text(value):
    """A text as COPY reads it."""
    if value.isprintable() and "\\" not in value:
        return value
    # several times faster than translate()
    value = value.replace("\\", "\\\\").replace("\n", "\\n")
    return value.replace("\t", "\\t").replace("\r", "\\r")


def null(value):
    return "\\N" if value is None else value
