"""Where the documentation page of a rule lies."""

from __future__ import annotations

#: Folder of the pages in the repository; ``tools/reference.py`` writes them.
FOLDER = "docs/reference/rules"


def page_of(code: str, base: str = "") -> str:
    """The page of a rule: below ``base``, an address that ends where the repository begins, or relative
    to the repository."""
    path = f"{FOLDER}/{code}.md"
    return f"{base.rstrip('/')}/{path}" if base else path
