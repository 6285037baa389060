"""JUnit XML, which Jenkins, GitLab, Azure, CircleCI, Buildkite and others show as test results.

A blocking finding is a failed test; any other finding is a skipped test.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from .items import build_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict
    from .items import Item


def render(verdict: Verdict) -> str:
    """Return a test suite; without findings it has one test, which passed, or was skipped where nothing was judged."""
    items = build_items(verdict)
    failed = sum(item.level == "error" for item in items)
    is_skipped = not items and not any(verdict.examined.collect_counts().values())
    counts = {"name": "ringfence", "tests": str(max(len(items), 1)), "failures": str(failed), "errors": "0"}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", counts | {"skipped": str(len(items) - failed + is_skipped)})
    properties = ET.SubElement(suite, "properties")
    for name, value in (("ruleset", verdict.ruleset), ("catalogue", verdict.catalogue)):
        ET.SubElement(properties, "property", name=name, value=value)
    if not items:
        case = ET.SubElement(suite, "testcase", classname="ringfence", name="no mark of rival AI tools")
        if is_skipped:
            ET.SubElement(case, "skipped", message="nothing was checked")
    for item in items:
        _add_case(suite, item)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ET.Element, item: Item) -> None:
    case = ET.SubElement(suite, "testcase", classname=f"ringfence.{item.rule}", name=item.place, file=item.file)
    if item.level == "error":
        failure = ET.SubElement(case, "failure", message=f"{item.title}: {item.text}", type=item.rule)
        failure.text = f"{item.message}\n{item.why}\nfingerprint {item.fingerprint}"
    else:
        ET.SubElement(case, "skipped", message=f"{item.level}: {item.title}: {item.text}")
