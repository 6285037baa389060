"""Tells tables and rows of measures (leaderboards, price lists) and lists of things from rows that hold answers.

A model named beside numbers alone has made none of them, and the model of a car or a phone is no language model.
"""

from __future__ import annotations

from ...lazy_pattern import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST = 1000  # bytes of a row that is asked: measures are short, and so is what describes a thing
# Fields that name a model and say nothing of what it did; `judge` or `generated_by` say it.
_MODEL = compile_lazily(r"(?i)(?:model|llm|engine)s?(?:[-_. ]?(?:id|name|slug))?")
_THING = (
    r"(?:brand|make|manufacturer|car|vehicle|vin|trim|sku|msrp|mileage|horsepower|odometer|serial[_ ]?(?:no|number)"
    r"|device|phone|handset|camera|laptop|printer|bike)"
)
_THING_NAME = compile_lazily(rf"(?i){_THING}")
_ANSWER_NAME = compile_lazily(
    r"(?i).*(?:answer|caption|chosen|completion|content|conversation|generat|instruction|message|output|prompt|question"
    r"|rejected|reply|response|summary|text|transcript|translation).*"
)
_ANSWERED = compile_lazily(
    r"(?i).*(?:answer|chosen|choice|completion|generat|judge?ment|label|predict|rating|rejected|reply|response|solution"
    r"|verdict).*|(?:.*[\W_])?(?:content|message|prompt|question|text)s?"
)
# Columns that describe a model beside its measures.
_ABOUT = compile_lazily(
    r"(?i)#|rank|id|name|organi[sz]ation|company|developer|vendor|provider|maker|family|version|licen[cs]e|released?|"
    r"(?:release[_ ]?|knowledge[_ ]?)?(?:date|cutoff)|type|link|url|parameters?|params|size"
)
# Columns that only a list of models has, for people who choose one.
_CHOICE = compile_lazily(
    r"(?i)alias(?:es)?|default\??|best[_ ]for|use[_ ]cases?|when[_ ]to[_ ]use|recommended(?:[_ ]for)?|modalit(?:y|ies)"
    r"|capabilit(?:y|ies)|context(?:[_ ](?:window|length|size))?|(?:environment|env)[_ ](?:variable|var|key)s?"
    r"|api[_ ]key"
    r"|supports?[_ ]\w+|vision|tools?|streaming|reasoning|status|tier|plan|speed|cost|price|pricing"
)
_LETTERS = compile_lazily(r"[^\W\d_]")
_MAX_CELL = 60  # characters of a measure
_MAX_UNIT = 3  # letters of a unit: `128k`, `2.5 USD`
_NOTHING = ("n/a", "none", "nan")
# Possessive, so that a row of blanks takes no longer than another.
_MEASURED_ROW = compile_lazily(
    rb'\{(?:\s*+"[^"\\\n]{1,60}+"\s*+:\s*+(?:-?\d[\d.eE+-]*+|null|true|false|"[^"\\\n]{0,60}+")\s*+,?+)++\}\s*+'
)
_TEXT_PAIR = compile_lazily(rb'"([^"\\\n]{1,60})"\s*:\s*"([^"\\\n]*)"')
_KEY = compile_lazily(rb'"([^"\\\n]{1,60})"\s*+:')
_NUMBER = compile_lazily(rb":\s*-?\d")


def is_model_field(name: str) -> bool:
    """Return whether a field names a model, and not what it did."""
    return bool(_MODEL.fullmatch(name.strip()))


def is_list_of_things(names: Iterable[str]) -> bool:
    """Return whether names of columns are those of cars, phones and the like, with none that may hold an answer."""
    names = [name.strip() for name in names]
    holds_answers = any(map(_ANSWER_NAME.fullmatch, names)) or _may_answer(names)
    return any(map(_THING_NAME.fullmatch, names)) and not holds_answers


def is_list_of_models(names: Sequence[str]) -> bool:
    """Return whether columns are those of a list from which people choose a model: `Model | Aliases | Default`."""
    given = [name.strip() for name in names if name.strip()]
    if _may_answer(given) or not any(map(is_model_field, given)) or not any(map(_CHOICE.fullmatch, given)):
        return False
    return all(is_model_field(name) or _ABOUT.fullmatch(name) or _CHOICE.fullmatch(name) for name in given)


def list_measure_columns(names: Sequence[str]) -> list[int]:
    """Return the columns of a table that must hold measures for it to be a table of measures; [] if it can't be one."""
    if _may_answer(names):
        return []
    return [
        number
        for number, name in enumerate(names)
        if name.strip() and not (_ABOUT.fullmatch(name.strip()) or is_model_field(name))
    ]


def _may_answer(names: Iterable[str]) -> bool:
    """Return whether a field may hold a model's answer, which may be a number; prices have `input` and `output`."""
    words = {name.strip().lower() for name in names}
    return any(map(_ANSWERED.fullmatch, words)) or ("output" in words and "input" not in words)


def has_measures_alone(cells: Iterable[str]) -> bool:
    """Return whether cells hold numbers, such as `88.7 %`, `$2.50`, `128k` and `4 ± 0.2`, or nothing."""
    return all(map(_is_measure, cells))


def _is_measure(cell: str) -> bool:
    if len(cell) > _MAX_CELL:
        return False
    letters = len(_LETTERS.findall(cell))
    return not letters or (letters <= _MAX_UNIT and any(map(str.isdigit, cell))) or cell.strip().lower() in _NOTHING


def is_named_in_row(line: bytes, name: str) -> bool:
    """Return whether a row of JSON only names a model: a thing's, or one with measures alone beside it."""
    if len(line) > _LONGEST or not is_model_field(name):
        return False
    if is_list_of_things(names := [key.decode("utf-8", "replace") for key in _KEY.findall(line)]):
        return True
    if _may_answer(names) or not (_MEASURED_ROW.fullmatch(line) and _NUMBER.search(line)):
        return False
    pairs = (
        (key.decode("utf-8", "replace"), cell.decode("utf-8", "replace")) for key, cell in _TEXT_PAIR.findall(line)
    )
    return all(is_model_field(key) or _ABOUT.fullmatch(key) or has_measures_alone([cell]) for key, cell in pairs)
