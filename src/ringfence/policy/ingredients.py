"""What a policy says of recorded output: which index is looked up, and what is recorded."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .zones import Rows


class IngredientRules:
    """The table `[ingredients]` of a policy.

    Attributes:
        index: The folder of the index; "" for none.
        key_file: The file with its key; "" for the one in the index.
        max_age_days: Days after which it is too old; 0 for never.
        feeds: Whether pushed repositories without a tag are recorded.
        never: Patterns of names of repositories that are never recorded.
    """

    def __init__(self, rows: Rows) -> None:
        pairs = rows.get("ingredients", [])
        named = {key: setting for key, setting in pairs if key != "never"}
        self.index, self.key_file = named.get("index", ""), named.get("key_file", "")
        self.max_age_days = int(named.get("max_age_days", 0))
        self.feeds = named.get("feed") == "True"
        self.never = [name for key, name in pairs if key == "never"]
