"""The Pulumi program: ``declare(plan)`` materialises a plan, resource by resource."""

from stacks.program import Declared, declare

__all__ = ["Declared", "declare"]
