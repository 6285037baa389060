"""`ringfence vendors`: shows the catalogue of vendors and markers and its age, and drafts new entries."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..errors import ExitCode, PolicyError, UsageError
from ..excerpts import sanitise_text
from ..policy.effective import compute_edition, read_vendors
from ..policy.examples import check_marker
from ..policy.markers import suggest
from ..policy.schema.parse import suggest_word
from ..policy.schema.vendor_file import VendorFile
from ..repository import read_local_inputs
from . import options
from .options import PolicyOption
from .vendors_watch import watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

app = typer.Typer(
    help="Show the known vendors and markers, and draft new ones.", no_args_is_help=True, rich_markup_mode=None
)

app.command("watch")(watch)

_OLD = dt.timedelta(days=365)
_PIPE_WIDTH = 10_000  # columns, so that no line is wrapped where the output isn't a terminal


def _load_vendors(policy: list[str] | None) -> dict[str, VendorFile]:
    return read_vendors(read_local_inputs(options.open_repository(None, policy, outside=True)))


def _format_newest_date(vendor: VendorFile) -> str:
    days = [day for day in (vendor.seen, *(marker.seen for marker in vendor.marker)) if day]
    return max(days).isoformat() if days else "never"


def _print_table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    (console if console.is_terminal else Console(width=_PIPE_WIDTH)).print(table)


@app.command("list")
def list_(*, policy: PolicyOption = None) -> int:
    """List all vendors: products, numbers of markers and families of models, and when a mark was last confirmed."""
    rows = [
        (
            name,
            vendor.name,
            ", ".join(product.name for product in vendor.product),
            str(len(vendor.marker)),
            str(len(vendor.model)),
            _format_newest_date(vendor),
        )
        for name, vendor in sorted(_load_vendors(policy).items())
    ]
    _print_table(("id", "name", "products", "markers", "models", "confirmed"), rows)
    return ExitCode.ALLOWED


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of a vendor, or of a marker.")],
    *,
    policy: PolicyOption = None,
) -> int:
    """Show everything about a vendor, products, terms, models and markers, or about one marker, with examples."""
    vendors = _load_vendors(policy)
    if name in vendors:
        typer.echo("\n".join(_format_vendor(name, vendors[name])))
        return ExitCode.ALLOWED
    markers = {item.id: (vendor, item) for vendor, file in vendors.items() for item in file.iter_markers()}
    if name not in markers:
        known = {*vendors, *markers}
        raise UsageError(f"unknown vendor or marker `{name}`{suggest_word(name, known)}", "See ringfence vendors list.")
    vendor, marker = markers[name]
    typer.echo("\n".join(_format_marker(vendor, vendors[vendor], marker)))
    return ExitCode.ALLOWED


def _format_marker(vendor: str, file: VendorFile, marker: Any) -> Iterator[str]:
    """Yield all that a vendor file says of a marker, or of a family of models."""
    yield f"{marker.id}, of {file.name} ({vendor}): docs/markers/{vendor}.md"
    shown = marker.model_dump(exclude_none=True, exclude={"id", "caught", "passed", "source"})
    shown["seen"] = marker.seen or file.seen or "never"
    names = {product.id: product.name for product in file.product}
    shown["product"] = f"{names.get(marker.product, marker.product)} ({marker.product})"
    for key, setting in shown.items():
        if setting not in (False, (), "", None):
            items = setting if isinstance(setting, tuple | list) else (setting,)
            yield f"  {key}: {', '.join(sanitise_text(str(item)) for item in items)}"
    yield from _format_examples(marker.source, marker.caught, marker.passed)


def _format_vendor(name: str, vendor: VendorFile) -> Iterator[str]:
    yield f"{vendor.name} ({name}), confirmed {_format_newest_date(vendor)}"
    yield "products: " + ", ".join(f"{product.name} ({product.id})" for product in vendor.product)
    yield from _format_terms(vendor)
    for model in vendor.model:
        yield f"\n{model.id}: models of {model.product}{', weights public' if model.open else ''}"
        yield from _format_examples(model.source, model.caught, model.passed)
    for marker in vendor.marker:
        yield f"\n{marker.id}: {marker.kind}, {marker.strength}, of {marker.product}"
        yield f"  {marker.why}"
        yield from _format_examples(marker.source, marker.caught, marker.passed)


def _format_terms(vendor: VendorFile) -> Iterator[str]:
    for terms in vendor.terms:
        clause = f", {terms.clause}" if terms.clause else ""
        version = f", {terms.seen}" if terms.seen else ""
        bars = "" if terms.bars else " (no bar)"
        yield f"terms: {terms.document}{clause}{version}{bars}: {terms.says} {terms.url or ''}".rstrip()
    if vendor.model and not vendor.terms:
        yield "terms: none that could be read"


def _format_examples(source: str, caught: tuple[str, ...], passed: tuple[str, ...]) -> Iterator[str]:
    yield f"  source: {source}"
    yield from (f"  caught: {sanitise_text(example)}" for example in caught)
    yield from (f"  passed: {sanitise_text(example)}" for example in passed)


@app.command("stale")
def stale(*, policy: PolicyOption = None) -> int:
    """Show the catalogue's age, and the markers that haven't been confirmed for over a year."""
    today = _get_today()
    version = compute_edition()
    age = (today - dt.datetime.strptime(version.partition("+")[0], "%Y.%m.%d").replace(tzinfo=dt.UTC).date()).days
    typer.echo(f"catalogue {version}: a mark was last confirmed {age} days ago")
    rows = [
        (name, marker.id, day.isoformat() if day else "never")
        for name, vendor in sorted(_load_vendors(policy).items())
        for marker in vendor.marker
        if not (day := marker.seen or vendor.seen) or today - day > _OLD
    ]
    if rows:
        _print_table(("vendor", "marker", "confirmed"), rows)
    else:
        typer.echo("every marker was confirmed within the last year")
    return ExitCode.ALLOWED


@app.command("propose")
def propose_(
    *,
    message: Annotated[
        str | None, typer.Option("--message", metavar="FILE", help="A commit message that a tool wrote.")
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", metavar="TEXT", help="An author that a tool uses: `Name <address>`.")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--path", metavar="PATH", help="A file or folder that a tool leaves.")
    ] = None,
    vendor: Annotated[str, typer.Option("--vendor", metavar="ID", help="The vendor of the tool.")] = "",
    product: Annotated[str, typer.Option("--product", metavar="ID", help="The product.")] = "",
    policy: PolicyOption = None,
) -> int:
    """Draft an entry for a vendor file from an example: an author, a trailer, a footer or a path."""
    vendors = _load_vendors(policy)
    try:
        entries = list(_build_entries(message, author, path))
    except OSError as error:
        raise UsageError(f"{message} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise UsageError(f"{str(error)!r} has no address; write Name <address>.") from None
    if not entries:
        raise UsageError(
            "no mark of a tool in the message: no co-author, no trailer, no footer.",
            "Give a message with such a line after the subject, or --author or --path.",
        )
    known = vendors.get(vendor)
    product = product or (known.product[0].id if known else "")
    content = suggest.build_vendor_file(entries, vendor, product, _get_today())
    if known:
        content["product"] = [item.model_dump() for item in known.product]
    try:
        file = VendorFile.model_validate(content)
    except ValueError as error:
        raise PolicyError(f"the drafted entry is invalid: {error}") from None
    for marker in file.marker:
        check_marker(marker)
    vendor = vendor or content["marker"][0]["id"].partition("-")[0]
    typer.echo("\n".join(_format_entry(content, vendor, known)))
    return ExitCode.ALLOWED


def _get_today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()


def _build_entries(message: str | None, author: str | None, path: str | None) -> Iterator[suggest.Entry]:
    if message:
        with open(message, encoding="utf-8", errors="replace") as file:
            yield from suggest.suggest_from_message(file.read())
    if author:
        yield suggest.suggest_from_identity(author)
    if path:
        yield suggest.suggest_from_path(path)


def _format_entry(content: dict[str, Any], vendor: str, known: VendorFile | None) -> Iterator[str]:
    """Yield lines of TOML: a whole file for a new vendor, tables to append for a known one."""
    yield f"# {'add to' if known else 'save as'} {vendor}.toml; then fill in the source, and review each line"
    if not known:
        yield from _format_table({key: content[key] for key in ("name", "seen")})
        yield from ("", "[[product]]", *_format_table(content["product"][0]))
    for entry in content["marker"]:
        yield from ("", "[[marker]]", *_format_table(entry))


def _format_table(fields: dict[str, Any]) -> Iterator[str]:
    return (f"{key} = {_format_value(value)}" for key, value in fields.items())


def _format_value(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) and "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"  # a pattern as a literal string, where backslashes needn't be escaped
    return json.dumps(value, ensure_ascii=False)
