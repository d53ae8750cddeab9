"""What the database itself compares when a register is posted: files, messages, steps and rows."""

import pgtrigger

CAME_OF = """
    SELECT m.id, coalesce(b.items, 0) AS posted, coalesce(b.total, 0) AS posted_total,
        coalesce(q.items, 0) AS excepted, coalesce(q.total, 0) AS excepted_total,
        coalesce(r.items, 0) AS returned, coalesce(r.total, 0) AS returned_total
    FROM (SELECT id FROM payments_message WHERE file_id = {file}) m
        FULL JOIN (
            SELECT split_part(key, ':', 1)::bigint AS id, count(*) AS items, sum(amount) AS total
            FROM registry_contribution WHERE id BETWEEN {first} AND {last} GROUP BY 1
        ) b USING (id)
        FULL JOIN (
            SELECT e.message_id AS id, count(*) AS items, sum(e.amount) AS total
            FROM payments_exceptionitem e JOIN payments_message own ON own.id = e.message_id
            WHERE own.file_id = {file} GROUP BY 1
        ) q USING (id)
        FULL JOIN (
            SELECT s.message_id AS id, count(*) AS items, sum(s.amount) AS total
            FROM payments_return s JOIN payments_message own ON own.id = s.message_id
            WHERE own.file_id = {file} GROUP BY 1
        ) r USING (id)"""
"""SQL: what the books, the queue and the returns hold of each message of a file; of no message what
lies among the entries of the file and is not its own. FULL, for no plan of these is quadratic."""

MESSAGES_ADD_UP = """
    IF EXISTS (
        SELECT FROM payments_file f CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE m.posted IS NULL) AS uncounted,
                coalesce(sum(m.items), 0) AS items, coalesce(sum(m.total), 0) AS total,
                coalesce(sum(m.posted), 0) AS posted,
                coalesce(sum(m.posted_total), 0) AS posted_total
            FROM payments_message m WHERE m.file_id = f.id
        ) s
        WHERE f.id = NEW.id AND f.state = 'posted'
            AND (s.uncounted, s.items, s.total, s.posted, s.posted_total)
                <> (0, f.items, f.total, f.posted, f.posted_total)
    ) THEN
        RAISE EXCEPTION 'the messages of a posted register do not add up to it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'messages_add_up';
    END IF;
    RETURN NULL;
"""
ROWS_ADD_UP = """
    IF EXISTS (
        SELECT FROM ({came_of}) came LEFT JOIN payments_message m ON m.id = came.id
        WHERE (m.posted, m.posted_total, m.excepted, m.excepted_total, m.returned, m.returned_total)
            IS DISTINCT FROM (came.posted, came.posted_total, came.excepted, came.excepted_total,
                came.returned, came.returned_total)
    ) THEN
        RAISE EXCEPTION 'the messages of a posted register are not what the books hold of them'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rows_add_up';
    END IF;
    RETURN NULL;
"""
STEPS_ADD_UP = """
    IF EXISTS (
        SELECT FROM (
            SELECT coalesce(sum(items), 0) AS items, coalesce(sum(total), 0) AS total,
                coalesce(sum(posted), 0) AS posted, coalesce(sum(posted_total), 0) AS posted_total
            FROM payments_message WHERE file_id = NEW.id
        ) m CROSS JOIN LATERAL (
            VALUES ('read', m.items, m.total), ('match', m.posted, m.posted_total),
                ('post', m.posted, m.posted_total)
        ) came (step, items, total) LEFT JOIN LATERAL (
            SELECT s.items, s.total FROM payments_filestep s
            WHERE s.file_id = NEW.id AND s.step = came.step ORDER BY s.id DESC LIMIT 1
        ) last ON true
        WHERE (last.items, last.total) IS DISTINCT FROM (came.items, came.total)
    ) THEN
        RAISE EXCEPTION 'the steps of a posted register do not add up to its messages'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'steps_add_up';
    END IF;
    RETURN NULL;
"""


def _once_posted(name, func, *columns):
    """A comparison of a register that is posted, at the commit."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", *columns),
        condition=pgtrigger.Condition("NEW.kind = 'register' AND NEW.state = 'posted'"),
        func=func,
    )


OF_FILES = (
    _once_posted("messages_add_up", MESSAGES_ADD_UP, "items", "total", "posted", "posted_total"),
    _once_posted(
        "rows_add_up",
        ROWS_ADD_UP.format(
            came_of=CAME_OF.format(file="NEW.id", first="NEW.first_entry", last="NEW.last_entry")
        ),
        *("first_entry", "last_entry"),
    ),
    _once_posted("steps_add_up", STEPS_ADD_UP),
)

COUNTERS = (
    *("items", "total", "posted", "posted_total"),
    *("excepted", "excepted_total", "returned", "returned_total"),
)
COUNTED = """
    RAISE EXCEPTION 'what came of a posted message stays as it was counted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'counted_once';
"""
COUNTED_ALREADY = """
    IF EXISTS (
        SELECT FROM come JOIN payments_message m ON m.id = come.message_id
        WHERE m.posted IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'what came of a posted message stays as it was counted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'counted_once';
    END IF;
    RETURN NULL;
"""
COUNTED_ONCE = pgtrigger.Trigger(
    name="counted_once",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("file_id", *COUNTERS),
    condition=pgtrigger.Q(old__posted__isnull=False),
    func=COUNTED,
)
NONE_LATE = pgtrigger.Trigger(
    name="none_late",
    when=pgtrigger.After,
    level=pgtrigger.Statement,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="come"),
    func=COUNTED_ALREADY,
)
"""No row comes to a message that is counted."""
