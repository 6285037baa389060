"""Which names of products stand for a model in a generator field."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Words behind a product's name that don't make it another thing: `ChatGPT Plus`, `Claude Pro 3`.
_VERSION_WORDS = (
    "advanced", "api", "app", "assistant", "bot", "chat", "desktop", "enterprise", "free", "model", "online", "plus",
    "pro", "team", "turbo", "ultra", "web", "agent", "code", "cli", "by", "ai",
)  # fmt: skip


def find_product_vendor(name: str, products: Iterable[tuple[str, str]]) -> str:
    """Return the vendor of the product that a name is, or ""; `products` are (letters of a name, vendor)."""
    letters = "".join(filter(str.isalnum, name.lower().replace("'s ", " ").replace("\u2019s ", " ")))
    named = sorted((row for row in products if row[0] in letters), key=lambda row: -len(row[0]))
    for product, vendor in named:
        rest = letters.replace(product, "", 1)
        for word in (*(other for other, _ in named), vendor, *_VERSION_WORDS):
            rest = rest.replace(word, "", 1)
        if not rest.strip("v0123456789"):
            return vendor
    return ""
