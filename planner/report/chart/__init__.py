"""Pods per node as bars in the colour of what limits them: for terminals, and as SVG."""

from __future__ import annotations

from planner.report.chart.as_svg import svg
from planner.report.chart.bars import Bar
from planner.report.chart.on_terminal import terminal

__all__ = ["Bar", "svg", "terminal"]
