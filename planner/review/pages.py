"""Where the documentation page of a rule lies."""

from __future__ import annotations

#: Folder of the pages in the repository; ``tools/reference.py`` writes them.
FOLDER = "docs/reference/rules"


def page_of(code: str) -> str:
    """The page of a rule, relative to the repository."""
    return f"{FOLDER}/{code}.md"


def address_of(page: str, base: str) -> str:
    """The whole address of a page below ``base``, where the repository begins; the page itself without one."""
    return f"{base.rstrip('/')}/{page}" if base and page else page
