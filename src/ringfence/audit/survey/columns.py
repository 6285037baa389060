"""The tables of an audit: their columns, which docs/audit.md describes."""

from __future__ import annotations

from dataclasses import dataclass

TEXT, NUMBER, FLAG, SECONDS = "string", "int64", "bool", "double"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its kind, and what it says."""

    name: str
    kind: str
    about: str


UNITS = (
    Column("unit", TEXT, "The unit: an absolute path or an address."),
    Column("kind", TEXT, "`repository` or `data`."),
    Column(
        "outcome",
        TEXT,
        "`blocked`, `incomplete` or `allowed`, as `ringfence check` would end; `error` where a part is missing.",
    ),
    Column("error", TEXT, "Why it, or the first part of it, could not be audited; empty otherwise."),
    Column("tags", TEXT, "The tags it was judged by, with commas."),
    Column("is_tagged", FLAG, "Whether a policy tags it; others are judged as `training-data`."),
    Column("ruleset", TEXT, "The digest of the policy and the catalogue."),
    Column("catalogue", TEXT, "The day and digest of the catalogue."),
    Column("head", TEXT, "The commit of its main branch; empty for data."),
    Column(
        "state",
        TEXT,
        "A digest of all its refs, or of its files' sizes and times: when it changes, it is audited anew.",
    ),
    Column("findings", NUMBER, "Rows of `findings.parquet`."),
    Column("blocking", NUMBER, "Those of them that refuse."),
    Column("unread", NUMBER, "Rows of `unread.parquet`."),
    Column("commits", NUMBER, "Commits that were judged."),
    Column("objects", NUMBER, "Objects or files that were read."),
    Column("bytes", NUMBER, "Their bytes."),
    Column("audited", TEXT, "When, in UTC; of an earlier run where nothing has changed since."),
    Column("seconds", SECONDS, "How long it took, in one process."),
)

FINDINGS = (
    Column("unit", TEXT, "The unit."),
    Column("vendor", TEXT, "The vendor's id, as in `ringfence vendors`."),
    Column("product", TEXT, "The product, or the generator that a row names."),
    Column("model", TEXT, "The model that is named beside the mark, as written; empty for none."),
    Column("marker", TEXT, "The marker's id."),
    Column("kind", TEXT, "The marker's kind."),
    Column("strength", TEXT, "`definitive`, `strong` or `weak`."),
    Column("evidence", TEXT, "`declared`, `identity`, `artefact`, `ingredient` or `mention`."),
    Column("action", TEXT, "`block`, `warn` or `record`."),
    Column("is_blocking", FLAG, "Whether it refuses: its action is `block`, and no waiver lets it pass."),
    Column("tag", TEXT, "The tag that asks for it."),
    Column("commit", TEXT, "The commit; empty in data."),
    Column("date", TEXT, "When it was committed, in UTC; empty in data."),
    Column("part", TEXT, "`author`, `committer`, `message`, `path`, `content`, `generator` and so on."),
    Column("path", TEXT, "The file; empty outside of files."),
    Column("row", NUMBER, "The row of a table, or the line of a text; null where there is none."),
    Column("place", TEXT, "Where in the file: the member of an archive, the row, the field."),
    Column("count", NUMBER, "How often the mark occurs there."),
    Column("excerpt", TEXT, "The mark and what stands around it, up to 100 characters."),
    Column("fingerprint", TEXT, "The same for the same mark and text, in any commit."),
    Column("waiver", TEXT, "The ticket of the waiver that lets it pass; empty for none."),
    Column("origin", TEXT, "Where recorded output comes from, as `repository@commit:path:line`; empty for a mark."),
)

UNREAD = (
    Column("unit", TEXT, "The unit."),
    Column("path", TEXT, "The file; empty where all of it, or a commit, could not be read."),
    Column("reason", TEXT, "Why."),
    Column(
        "is_error",
        FLAG,
        "Whether the unit's outcome is `error` for it: damaged data, a part that could not be audited.",
    ),
    Column("action", TEXT, "`block`, `warn` or `record`."),
    Column("tag", TEXT, "The tag that asks for it."),
    Column("commit", TEXT, "The commit; empty in data."),
    Column("extra", TEXT, "The extra of ringfence that brings a reader for it; empty for none."),
)

TRACE = (
    Column("unit", TEXT, "The unit."),
    Column("commit", TEXT, "The commit that was traced: that of HEAD."),
    Column("path", TEXT, "The file."),
    Column("blob", TEXT, "The id of its content."),
    Column("start_line", NUMBER, "The first of some lines from the same origin; null where lines say nothing."),
    Column("end_line", NUMBER, "The last of them."),
    Column("row", NUMBER, "The row of a table; null for lines."),
    Column("field", TEXT, "The field of the row."),
    Column("vendor", TEXT, "The vendor of the tool that wrote it."),
    Column("product", TEXT, "The tool."),
    Column("model", TEXT, "The model, where one is named."),
    Column(
        "evidence",
        TEXT,
        "`blame`, `note`, `agent-trace`, `object`, `ingredient` or `session`, as in [Trace](trace.md).",
    ),
    Column("strength", TEXT, "`definitive`, `strong` or `weak`."),
    Column("edited", FLAG, "Whether a person has edited it since."),
    Column("source_commit", TEXT, "The commit or the session in which it was written."),
    Column("source_path", TEXT, "The file there."),
    Column("written_at", TEXT, "When, in UTC."),
)

TABLES = {"units": UNITS, "findings": FINDINGS, "unread": UNREAD, "trace": TRACE}
