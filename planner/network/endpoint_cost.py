"""What interface endpoints cost by the month, where a price is known (note N07)."""

from __future__ import annotations

from planner.capacity.brief import Brief


def record_cost(brief: Brief, endpoints: int, zones: int) -> None:
    """The decision ``endpoints.cost``: AWS bills each interface endpoint by the hour in each zone.

    Source: https://aws.amazon.com/privatelink/pricing/
    """
    if endpoints == 0:
        return
    asked, read = brief.spec.vpc_endpoints.hourly_price, brief.region.endpoint_price
    price = asked if asked is not None else read
    hours = brief.facts.number("endpoints.hours")
    interfaces = endpoints * zones
    brief.ledger.add(
        "endpoints.cost",
        "Interface endpoints by the month",
        "unknown" if price is None else f"{interfaces * hours * price:,.2f}",
        unit="" if price is None else "USD",
        formula="endpoints × zones × hours × hourly price",
        worked=f"{endpoints} × {zones} × {hours} × "
        + ("price" if price is None else f"{price:g} = {interfaces * hours * price:,.2f}"),
        inputs={
            "endpoints": endpoints,
            "zones": zones,
            "hourly price": _price(asked, read, brief.region.retrieved),
            "not in it": "the price of each gigabyte that goes through; the S3 gateway endpoint costs nothing",
        },
        explanation=f"{interfaces} interfaces, billed whether they are used or not"
        + (
            "; give vpcEndpoints.hourlyPrice, or refresh the catalog with prices, to have a sum"
            if price is None
            else ""
        ),
        source=brief.facts.source("endpoints.hours"),
        note="N07",
    )


def _price(asked: float | None, read: float | None, day: str) -> str:
    if asked is not None:
        return f"{asked:g} USD, as vpcEndpoints.hourlyPrice says"
    if read is not None:
        return f"{read:g} USD, AWS's list price on {day}"
    return "not known: the embedded catalog has no prices"
