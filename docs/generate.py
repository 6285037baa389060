"""Writes what the docs can't be trusted to remember: tables, schemas, the marker pages, the commands' options.

`python docs/generate.py` writes, `--check` only says what is out of date. Whole files are generated, and sections of
hand-written pages between `<!-- generated: NAME -->` and `<!-- /generated -->`.
"""

from __future__ import annotations

import enum
import inspect
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import tomli
from typer.models import ArgumentInfo

from ringfence import errors
from ringfence.audit.survey.columns import TABLES
from ringfence.commands.program import build_app
from ringfence.excerpts import sanitise_text
from ringfence.hook import HOOKS
from ringfence.policy.effective import parse_vendors
from ringfence.policy.markers.base import MarkerEntry
from ringfence.policy.markers.kinds import KINDS
from ringfence.policy.markers.model_names import ModelEntry
from ringfence.policy.schema import (
    approvals,
    permission,
    policy_file,
    provenance_file,
    rollout,
    tag,
    vendor_file,
    waiver_file,
    wall,
)
from ringfence.policy.tools import TOOLS
from ringfence.policy.vendor_files import read_shipped_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import typer
    from pydantic import BaseModel

DOCS = Path(__file__).parent
SECTION = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- /generated -->)", re.DOTALL)
NOTE = "<!-- Written by docs/generate.py from policy/vendors/{}.toml: edit that. -->"
HEADERS = {
    "PolicyFile": "The file",
    "Repository": "[[repository]]",
    "Zone": "[[zone]]",
    "Tag": "[tag.NAME]",
    "Permission": "[[permission]]",
    "Wall": "[[wall]]",
    "Waiver": "[[waiver]]",
}


def main() -> int:
    """Write what is out of date; with --check only name it."""
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text}
    gone = [path for path in (DOCS / "markers").glob("*.md") if path not in pages()]
    for path in [*stale, *gone]:
        print(f"{'out of date' if '--check' in sys.argv else 'written'}: {path.relative_to(DOCS.parent)}")
    if "--check" in sys.argv:
        return 1 if stale or gone else 0
    for path, text in stale.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    for path in gone:
        path.unlink()
    return 0


def pages() -> dict[Path, str]:
    """Return every page that is generated, wholly or in sections, as it should be."""
    schema = json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"
    found = {DOCS / "policy.schema.json": schema}
    found |= {DOCS / "markers" / f"{name}.md": "\n".join(vendor_page(name, file)) for name, file in VENDORS.items()}
    for path in DOCS.glob("*.md"):
        text = path.read_text("utf-8")
        filled = SECTION.sub(lambda match: f"{match[1]}{_lines(SECTIONS[match[2]]())}{match[3]}", text)
        if SECTION.search(text):
            found[path] = filled
    return found


# --- policies ---


def policy_schema() -> dict[str, Any]:
    """Return the JSON schema of a policy."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_plain(policy_file.PolicyFile.model_json_schema()),
    }


def _plain(node: Any) -> Any:
    """Return a schema without what releases of pydantic do differently, and without its made-up titles."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    noise = {key for key, item in node.items() if key == "title" and isinstance(item, str)}
    noise |= {"enum"} if "const" in node else set()
    return {key: _plain(item) for key, item in node.items() if key not in noise}


def policy_tables() -> Iterator[str]:
    """Describe every table of a policy."""
    tables = (
        policy_file.PolicyFile,
        policy_file.Organisation,
        policy_file.Vendors,
        policy_file.Repository,
        policy_file.Accounts,
        tag.Zone,
        tag.Tag,
        rollout.Rollout,
        approvals.Approvals,
        permission.Permission,
        wall.Wall,
        policy_file.Limits,
        waiver_file.Waivers,
        waiver_file.Waiver,
    )
    for model in tables:
        title = HEADERS.get(model.__name__, f"[{model.__name__.lower()}]")
        yield from (f"### {title if title == 'The file' else f'`{title}`'}", "", str(model.__doc__), "")
        yield from (*model_table(model), "")
    yield from ("### `[[marker]]`", "", str(policy_file.OwnMarker.__doc__), "")
    yield "`vendor` names a vendor of the [catalogue](markers.md)."
    yield "The other keys are those of a vendor file, which [Adding a marker](adding-a-marker.md) lists."


def model_table(model: type[BaseModel], leave_out: Iterable[str] = ()) -> Iterator[str]:
    """Describe a model's keys."""
    schema = _plain(model.model_json_schema())
    yield from ("| key | holds | if left out | meaning |", "|---|---|---|---|")
    for key, field in model.model_fields.items():
        if key not in leave_out:
            said = schema["properties"][key]
            default = "must be given" if key in schema.get("required", ()) else _default(said.get("default"))
            yield f"| `{key}` | {_holds(said)} | {default} | {_cell(field.description or '')} |"


def _default(default: object) -> str:
    return ", ".join(f"`{item}`" for item in default) if isinstance(default, (list, tuple)) and default else ""


def _holds(said: dict[str, Any]) -> str:
    """Say in words what a schema asks of a value."""
    if choices := said.get("enum") or ([said["const"]] if "const" in said else None):
        return " or ".join(f"`{choice}`" for choice in choices)
    if among := said.get("anyOf"):
        return " or ".join(_holds(item) for item in among if item.get("type") != "null")
    kind = said.get("format") or said.get("type") or "table"
    if kind == "array":
        inside = _holds(said["items"])
        return "tables" if inside in ("a table", "tables") else f"list of {inside}"
    return {"string": "text", "integer": "a number", "object": "tables by name", "date": "a date"}.get(kind, "a table")


# --- markers ---

VENDORS = parse_vendors(read_shipped_files())


def vendor_index() -> Iterator[str]:
    """List the vendors."""
    yield from ("| vendor | products | markers |", "|---|---|---:|")
    for name, file in sorted(VENDORS.items(), key=lambda item: item[1].name.lower()):
        products = ", ".join(_cell(product.name) for product in file.product)
        yield f"| [{_cell(file.name)}](markers/{name}.md) | {products} | {len(list(file.iter_markers()))} |"
    markers = sum(len(list(file.iter_markers())) for file in VENDORS.values())
    products = str(sum(len(file.product) for file in VENDORS.values()))
    yield from ("", f"{len(VENDORS)} vendors, {products} products, {markers} markers.")


def vendor_page(vendor: str, file: vendor_file.VendorFile) -> Iterator[str]:
    """Describe a vendor: its terms, then each of its markers."""
    yield from (NOTE.format(vendor), "", f"# {_prose(file.name)}", "")
    yield f"In a policy: `{vendor}`. Products: {', '.join(_prose(item.name) for item in file.product)}."
    yield "What the words mean stands in [Markers](../markers.md)."
    if file.terms:
        yield from ("", "## Terms", "", "In our words, as read on the day given; no legal advice.", "")
        for terms in file.terms:
            title = f"[{_prose(terms.document)}]({terms.url})" if terms.url else _prose(terms.document)
            where = "".join(f", {_prose(str(part))}" for part in (terms.clause, terms.seen) if part)
            yield f"- {title}{where}{'' if terms.bars else ' (no bar)'}: {_prose(terms.says)}"
    names = {product.id: product.name for product in file.product}
    for model in file.model:
        yield from ("", f"## {model.id}", "", f"Models of {_prose(names[model.product])}", "")
        yield f"Weights: {'public' if model.open else 'not public'}."
        yield f"Named as an author it is [{model.id}-name](#{model.id}-name)."
        yield from ("", "Looks for:", "", *_fenced([f"pattern: {model.pattern}"]), "")
        yield from ("Recognises:", "", *_fenced(model.caught), "", "Passes:", "", *_fenced(model.passed), "")
        yield f"Source: {_prose(model.source)}"
    yield from ("", "## All markers", "", "| marker | product | kind | strength |", "|---|---|---|---|")
    for marker in file.iter_markers():
        yield f"| [{marker.id}](#{marker.id}) | {_prose(names[marker.product])} | {marker.kind} | {marker.strength} |"
    for marker in file.iter_markers():
        yield from ("", f"## {marker.id}", "")
        yield f"{_prose(names[marker.product])} · {marker.kind} · **{marker.strength}**"
        yield from ("", _prose(marker.why), "", "Looks for:", "", *_fenced(_recognised_by(marker)), "")
        yield from ("Catches:", "", *_fenced(marker.caught), "", "Passes:", "", *_fenced(marker.passed), "")
        yield f"Source: {_prose(marker.source)}"
    yield ""


def _recognised_by(marker: MarkerEntry) -> Iterator[str]:
    for key, field in type(marker).model_fields.items():
        held = getattr(marker, key)
        if key not in MarkerEntry.model_fields and key != "kind" and held != field.default:
            yield f"{key}: {', '.join(held) if isinstance(held, tuple) else held}"


def kind_tables() -> Iterator[str]:
    """Describe what each kind of marker is recognised by."""
    common = tuple(MarkerEntry.model_fields)
    for kind in KINDS:
        name = get_args(kind.model_fields["kind"].annotation)[0]
        yield from (f"### {name}", "", str(kind.__doc__), "", *model_table(kind, (*common, "kind")), "")


# --- commands and exit codes ---


def commands() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield every command that people type, and the function behind it."""
    app = build_app()
    yield from ((_name(info), info.callback) for info in app.registered_commands if info.callback)
    for group in app.registered_groups:
        inside = group.typer_instance.registered_commands if group.typer_instance else ()
        yield from ((f"{group.name} {_name(info)}", info.callback) for info in inside if info.callback)


def options(command: Callable[..., object]) -> Iterator[tuple[str, str | None, bool]]:
    """Yield a command's arguments and options as (how it is written, what it means, whether it is needed)."""
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        held, info = get_args(hints[name])
        declared = (info.default, *(info.param_decls or ()))  # typer keeps the first name as a default
        if isinstance(info, ArgumentInfo):
            yield info.metavar or name.upper(), info.help, parameter.default is inspect.Parameter.empty
        elif inspect.isclass(held) and issubclass(held, enum.Enum):
            yield f"{declared[0]} {'|'.join(held)}", info.help, False
        else:
            value = "" if held is bool else f" {info.metavar or declared[0].strip('-').upper()}"
            yield declared[0] + value, info.help, False


def command_help() -> Iterator[str]:
    """Describe every command and every option."""
    for name, command in commands():
        yield from (f"## ringfence {name}", "", str(inspect.getdoc(command)), "")
        if rows := list(options(command)):
            yield from ("| option | meaning |", "|---|---|")
            yield from (
                f"| `{_bars(shown)}` | {_cell(said or '')}{' Needed.' * needed} |" for shown, said, needed in rows
            )
            yield ""


def hook_names() -> Iterator[str]:
    """List the hooks."""
    yield f"Hooks: {', '.join(f'`{name}`' for name in HOOKS)}."


def exit_codes() -> Iterator[str]:
    """List the exit codes."""
    reasons = {error.code: str(error.__doc__).partition(";")[0].rstrip(".") for error in _errors()}
    reasons[errors.ExitCode.ALLOWED] = "No blocking finding"
    reasons[errors.ExitCode.BLOCKED] = "The policy blocks a mark that was found"
    reasons[errors.ExitCode.ENDED] = "A waiver has ended"
    reasons[errors.ExitCode.UNNEEDED] = "A waiver is needed no more"
    reasons[errors.ExitCode.BUG] = "An error in ringfence itself"
    reasons[errors.ExitCode.INTERRUPTED] = "Interrupted with Ctrl-C"
    yield from ("| code | name | means |", "|---:|---|---|")
    for name, code in vars(errors.ExitCode).items():
        if isinstance(code, int):
            yield f"| [{code}](#{code}-{name.lower()}) | {name.lower()} | {_cell(reasons[code])} |"


def _errors() -> list[type[errors.RingfenceError]]:
    return errors.RingfenceError.__subclasses__()


def layers() -> Iterator[str]:
    """List the layers that import-linter holds the code to, uppermost first."""
    contracts = tomli.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    yield from ("```text", *contracts[0]["layers"], "```")


def _name(info: typer.models.CommandInfo) -> str:
    return info.name or (info.callback.__name__ if info.callback else "")


# --- markdown ---


def _prose(text: str) -> str:
    """Return text that markdown shows as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>&#~|])", r"\\\1", harmless_line(text))


def _cell(text: str) -> str:
    """Return one of our own sentences for a table's cell; its backticks are meant."""
    return _bars(harmless_line(text))


def _bars(text: str) -> str:
    return text.replace("|", r"\|")


def harmless_line(text: str) -> str:
    """Return text on one line, with escapes for what can't be seen."""
    return sanitise_text(" ".join(text.split()))


def _fenced(items: Iterable[str]) -> Iterator[str]:
    """Return texts as a block that no text can leave."""
    lines = [sanitise_text(line).rstrip() for item in items for line in item.split("\n")]
    fence = max([2, *(len(run) for line in lines for run in re.findall("`+", line))]) + 1
    yield from ("`" * fence + "text", *lines, "`" * fence)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def audit_tables() -> Iterator[str]:
    """Describe the columns of each table of an audit."""
    for name, columns in TABLES.items():
        yield from (f"### `{name}.parquet`", "", "| column | type | says |", "|---|---|---|")
        yield from (f"| `{column.name}` | {column.kind} | {column.about} |" for column in columns)
        yield ""


def tool_settings() -> Iterator[str]:
    """List the tools whose logins can be bound, the files and keys that do it, and where that was read."""
    yield from ("| tool | files on Linux | on macOS | keys | read in |", "|---|---|---|---|---|")
    for name, tool in TOOLS.items():
        keys = [*tool.keys, *(f'{key} = "{tool.method}"' for key in tool.methods)]
        cells = (_code([name]), _code(tool.linux), _code(tool.macos), _code(keys), tool.seen)
        yield f"| {' | '.join(map(_bars, cells))} |"


def _code(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


SECTIONS: dict[str, Callable[[], Iterable[str]]] = {
    "policy-tables": policy_tables,
    "provenance-keys": lambda: model_table(provenance_file.Data),
    "vendors": vendor_index,
    "model-keys": lambda: model_table(ModelEntry),
    "marker-keys": lambda: model_table(MarkerEntry),
    "kinds": kind_tables,
    "vendor-keys": lambda: model_table(vendor_file.VendorFile),
    "product-keys": lambda: model_table(vendor_file.Product),
    "terms-keys": lambda: model_table(vendor_file.Terms),
    "commands": command_help,
    "hooks": hook_names,
    "exit-codes": exit_codes,
    "layers": layers,
    "audit-tables": audit_tables,
    "tool-settings": tool_settings,
}

if __name__ == "__main__":
    sys.exit(main())
