"""How fast the CNI is simulated, subnets are laid out, and scenarios are played.

    python benchmarks/addresses.py

The simulator starts and stops pods on a node, in each way of giving addresses, and counts events a
second. The layout places 10 to 10,000 subnets of mixed sizes. Scenarios are played on plans of
growing clusters. All are medians in this process, with the time of a fixed piece of plain Python
beside them, for comparison between machines.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from ipaddress import IPv4Network

import click

from planner.capacity.addresses import WarmTargets
from planner.capacity.ipamd import Ipamd, settings
from planner.capacity.max_pods import PodNetwork
from planner.catalog import store
from planner.network.demand import Tier
from planner.network.layout import Request, Space, place
from planner.plan.build import build
from planner.plan.scenarios.of_plan import world_of_plan
from planner.plan.scenarios.play import Growth, play
from planner.report.columns import aligned
from planner.spec.load import load_text
from planner.templates import render

RUNS = 5
MODES = (
    ("secondary addresses", "m5.xlarge", 58, PodNetwork(), WarmTargets()),
    ("tuned warm targets", "m5.xlarge", 58, PodNetwork(), WarmTargets(ip=2, minimum_ip=32)),
    ("prefixes", "m5.xlarge", 110, PodNetwork(prefix=True), WarmTargets()),
    ("prefixes, 250 pods", "m5.24xlarge", 250, PodNetwork(prefix=True), WarmTargets(prefix=2)),
)


def seconds(work: Callable[[], object]) -> float:
    """Median seconds of a piece of work."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def baseline() -> float:
    """Seconds that a million additions take."""
    return seconds(lambda: sum(number & 7 for number in range(1_000_000)))


def pod_events(mode: int, *, scattered: bool) -> float:
    """Pod events a second: nodes fill, empty by half, cool down and fill again."""
    catalog = store.load(store.EMBEDDED)
    _, name, most, network, warm = MODES[mode]
    given = settings(catalog.instance_types[name], most, network, warm, catalog.facts)
    chance = random.Random(1)  # noqa: S311 - the same every time
    nodes = 100

    def work() -> None:
        for _ in range(nodes):
            node = Ipamd(given, choose=chance.randrange if scattered else None)
            node.settle()
            pods = []
            for _ in range(most - 2):
                pod = node.add()
                if pod:
                    pods.append(pod)
                if node.low:
                    node.settle()
            for pod in pods[: most // 2]:
                node.remove(pod)
            node.advance(60)
            for _ in range(most // 2):
                node.add()

    return nodes * (most - 2 + 2 * (most // 2)) / seconds(work)


def layout(count: int) -> float:
    """Seconds to place so many subnets of /24 to /28 in as many blocks as they need."""
    chance = random.Random(1)  # noqa: S311 - the same every time
    wanted = [Request(Tier.NODE, f"z{number}", 0, chance.randint(24, 28)) for number in range(count)]
    space = Space((IPv4Network("10.0.0.0/10"),))
    _, missing = place(wanted, space)
    if missing:
        raise SystemExit("the subnets do not fit")
    return seconds(lambda: place(wanted, space))


def scenarios(size: int) -> float:
    """Seconds to play all scenarios on a cluster of so many nodes."""
    catalog = store.load(store.EMBEDDED)
    text = (
        "apiVersion: eksplan/v1\nkind: Cluster\nmetadata: {name: bench}\nspec:\n  region: us-east-1\n"
        "  cni: {mode: prefix, customNetworking: true}\n  quotas: {networkAddressUsage: 256000}\n"
        f"  nodeGroups: [{{name: general, instanceTypes: [m5.large], maxSize: {size}, podsPerNode: 30}}]\n"
    )
    loaded = load_text(text, "bench.yaml", catalog.facts)
    plan = build(loaded.document, catalog, render).plan if loaded.document else None
    if plan is None:
        raise SystemExit(f"{size} nodes cannot be planned")
    world = world_of_plan(plan)
    return seconds(lambda: play(world, Growth(5, 24, 100_000)))


@click.command()
def main() -> None:
    """Measure and print."""
    base = baseline()
    click.echo(f"a million additions: {base * 1000:.0f} ms\n")
    rows = [
        [
            f"{name}, {'scattered' if scattered else 'in order'}",
            f"{events:,.0f}",
            f"{events * base:,.0f}",
            "≥ 200,000",
        ]
        for number, (name, *_) in enumerate(MODES)
        for scattered in (False, True)
        for events in (pod_events(number, scattered=scattered),)
    ]
    click.echo(aligned(["simulator", "pod events a second", "per million additions", "bound"], rows, left=1))
    click.echo("")
    rows = [
        [f"{count:,} subnets", f"{took * 1000:,.1f} ms", f"{took / base:.2f}", "≤ 1,000 ms" if count == 1000 else ""]
        for count in (10, 100, 1000, 10_000)
        for took in (layout(count),)
    ]
    click.echo(aligned(["layout", "median", "ratio", "bound"], rows, left=1))
    click.echo("")
    rows = [
        [f"{size:,} nodes", f"{took * 1000:,.0f} ms", f"{took / base:.1f}"]
        for size in (10, 100, 1000)
        for took in (scenarios(size),)
    ]
    click.echo(aligned(["all scenarios", "median", "ratio"], rows, left=1))


if __name__ == "__main__":
    main()
