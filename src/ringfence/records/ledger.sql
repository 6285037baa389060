-- The ledger: a row for each decision, in order. Rows are only added; only rows that a checkpoint covers are deleted.
-- `ringfence ledger query` reads the views. SQLite keeps the text of each statement with its comments, and
-- `ringfence ledger verify` compares it: editing a comment inside a statement breaks existing ledgers.
PRAGMA user_version = 1;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- without gaps; AUTOINCREMENT remembers the last one when its row is gone
    at TEXT NOT NULL,                     -- when, in UTC: 2026-01-31T12:00:00Z
    kind TEXT NOT NULL,                   -- push, ci, checkpoint …: what was decided upon
    who TEXT NOT NULL,                    -- as the server, or the CI service, knows them
    repository TEXT NOT NULL,
    outcome TEXT NOT NULL,                -- allowed, blocked, incomplete, or what the kind comes to
    body TEXT NOT NULL,                   -- JSON: everything else
    previous TEXT NOT NULL,               -- the digest of the entry before; '' in the first
    digest TEXT NOT NULL                  -- SHA-256 of the JSON array of all columns before this one
);
CREATE INDEX entries_at ON entries (at);

CREATE TRIGGER entries_follow BEFORE INSERT ON entries
WHEN new.id IS NOT (SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'entries'), 0) + 1)
    OR new.previous IS NOT (SELECT coalesce((SELECT digest FROM entries ORDER BY id DESC LIMIT 1), ''))
BEGIN
    SELECT raise(ABORT, 'an entry must follow the last one');
END;

CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries
BEGIN
    SELECT raise(ABORT, 'an entry cannot be changed');
END;

CREATE TRIGGER entries_stay BEFORE DELETE ON entries
WHEN old.id > (SELECT coalesce(max(json_extract(body, '$.through')), 0) FROM entries WHERE kind = 'checkpoint')
BEGIN
    SELECT raise(ABORT, 'an entry cannot be taken away without a checkpoint');
END;

CREATE VIEW refs AS
SELECT e.id, e.at, e.who, e.repository, e.outcome,
    json_extract(r.value, '$.ref') AS ref, json_extract(r.value, '$.old') AS old, json_extract(r.value, '$.new') AS new
FROM entries e, json_each(e.body, '$.refs') r;

CREATE VIEW commits AS
SELECT e.id, e.at, e.who, e.repository, e.outcome, c.value AS "commit"
FROM entries e, json_each(e.body, '$.commits') c;

CREATE VIEW findings AS
SELECT e.id, e.at, e.who, e.repository, e.outcome,
    json_extract(f.value, '$.commit') AS "commit", json_extract(f.value, '$.path') AS path,
    json_extract(f.value, '$.vendor') AS vendor, json_extract(f.value, '$.product') AS product,
    json_extract(f.value, '$.model') AS model, json_extract(f.value, '$.model_vendor') AS model_vendor,
    json_extract(f.value, '$.account') AS account, json_extract(f.value, '$.evidence') AS evidence,
    json_extract(f.value, '$.waiver') AS waiver, json_extract(f.value, '$.marker') AS marker, json_extract(f.value, '$.strength') AS strength,
    json_extract(f.value, '$.action') AS action, json_extract(f.value, '$.tag') AS tag,
    json_extract(f.value, '$.excerpt') AS excerpt, json_extract(f.value, '$.fingerprint') AS fingerprint
FROM entries e, json_each(e.body, '$.findings') f;
