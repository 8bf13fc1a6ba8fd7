"""Ports in a spec: one, or a range."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from planner.spec.types import SpecModel, problem

PORTS_LIMIT = "1 to 65535, as 8443 or 1025-65535"


def ports_text(value: Any) -> str:
    """A port or a range of ports as text. Raises PydanticCustomError with the fix."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise problem("ports", "neither a port nor a range of ports", limit=PORTS_LIMIT, fix="write 8443")
    first, dash, last = text.partition("-")
    numbers = [first, last] if dash else [first]
    if not all(one.isascii() and one.isdecimal() and 1 <= int(one) <= 65535 for one in numbers):
        raise problem("ports", "neither a port nor a range of ports", limit=PORTS_LIMIT, fix="write 8443")
    if dash and int(first) > int(last):
        raise problem("ports", "a range that ends before it begins", limit=PORTS_LIMIT, fix=f"write {last}-{first}")
    return text


PortsText = Annotated[
    str,
    BeforeValidator(ports_text),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 65535}, {"type": "string"}]}),
]
Port = Annotated[int, Field(ge=1, le=65535)]


class PortsSpec(SpecModel):
    """Ports of a protocol."""

    protocol: Literal["tcp", "udp"] = Field(default="tcp", description="tcp or udp.")
    ports: PortsText = Field(description="A port (8443) or a range (1025-65535).")

    @property
    def range(self) -> tuple[int, int]:
        """First and last port."""
        first, _, last = self.ports.partition("-")
        return int(first), int(last or first)
