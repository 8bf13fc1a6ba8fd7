"""Finds and renders the files of ``templates/``, from a wheel or from a checkout."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_PACKAGE = Path(__file__).parent


def folder() -> Path:
    """The templates' folder: inside the installed package, else beside it in a checkout.

    Raises FileNotFoundError when neither is there: the installation is broken.
    """
    for candidate in (_PACKAGE / "_templates", _PACKAGE.parent / "templates"):
        if (candidate / "user-data").is_dir():
            return candidate
    raise FileNotFoundError(f"no templates beside {_PACKAGE}; install eksplan again")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    # most templates make YAML, TOML and scripts; only pages are HTML
    return Environment(
        loader=FileSystemLoader(folder()),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(name: str, context: Mapping[str, Any]) -> str:
    """Render a template by its path below ``templates/``."""
    return _environment().get_template(name).render(context)
