"""Reads the catalog anew from AWS: read-only calls, one region at a time, all or nothing.

Calls: ec2 DescribeInstanceTypes, DescribeInstanceTypeOfferings, DescribeAvailabilityZones,
DescribeVpcEndpointServices; eks DescribeClusterVersions; pricing GetProducts.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.catalog import store
from planner.catalog.folder import SCHEMA, CatalogError, Folder, write
from planner.catalog.model import INSTANCE_TYPE_COLUMNS

if TYPE_CHECKING:
    from boto3.session import Session

#: Price List lives in three regions only; us-east-1 serves the commercial partition.
#: Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
PRICING_REGION = "us-east-1"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RefreshError(Exception):
    """A call that failed; nothing was written and the old catalog stays in use."""

    call: str
    region: str
    reason: str

    def __str__(self) -> str:
        return f"{self.call} in {self.region}: {self.reason}"


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh wrote."""

    folder: Path
    digest: str
    instance_types: int
    regions: tuple[str, ...]
    kept: tuple[str, ...]
    """Parts that AWS did not give, kept from the catalog before, each with the reason."""


def refresh(
    session: Session,
    regions: Iterable[str],
    today: str,
    *,
    base: Path | None = None,
    cache: Path | None = None,
    with_prices: bool = True,
    progress: Progress = lambda _message: None,
) -> RefreshResult:
    """Read AWS and put a new catalog into the cache; the old one stays until the new is whole.

    ``regions`` are read in turn; regions refreshed before are kept from ``base`` (the catalog in
    use). ``today`` (ISO 8601) is the day stamped on what is read. Raises RefreshError for the
    first required call that fails, and OSError when the cache cannot be written.
    """
    regions = tuple(regions)
    base = base or store.current_folder()
    cache = cache or store.cache_folder()
    kept: list[str] = []
    try:
        files = _existing(base)
    except CatalogError as error:
        files = {}
        kept.append(f"nothing of the catalog before, which was damaged ({error})")
    rows: dict[str, list[Any]] = dict(files[store.TYPES][0]["types"]) if store.TYPES in files else {}
    read = sorted({*regions, *(name[len("regions/") : -len(".json")] for name in files if name.startswith("regions/"))})
    for name in regions:
        found, region = read_region(session, name, today, progress)
        rows.update(found)
        if with_prices:
            progress(f"{name}: on-demand prices")
            try:
                region["prices"] = read_prices(session, name)
            except RefreshError as error:
                kept.append(f"prices of {name} ({error.reason})")
                old = files.get(f"regions/{name}.json")
                region["prices"] = old[0].get("prices", {}) if old else {}
            try:
                region["endpointPrice"] = read_endpoint_price(session, name)
            except RefreshError as error:
                kept.append(f"price of VPC endpoints in {name} ({error.reason})")
                old = files.get(f"regions/{name}.json")
                region["endpointPrice"] = old[0].get("endpointPrice") if old else None
        files[f"regions/{name}.json"] = (region, f"AWS APIs in {name}", today)
    source = f"ec2:DescribeInstanceTypes in {', '.join(read)}"
    types = {"schema": SCHEMA, "source": source, "retrieved": today, "columns": list(INSTANCE_TYPE_COLUMNS)}
    files[store.TYPES] = ({**types, "types": rows}, source, today)
    progress("Kubernetes versions")
    try:
        versions = read_versions(session, regions[0], today)
        files[store.VERSIONS] = (versions, "eks:DescribeClusterVersions", today)
    except RefreshError as error:
        kept.append(f"Kubernetes versions ({error.reason})")
    folder, digest = _install(cache / "catalog", files)
    return RefreshResult(folder, digest, len(rows), regions, tuple(kept))


def read_region(
    session: Session, name: str, today: str, progress: Progress = lambda _message: None
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Instance-type rows and the region file of one region, from AWS. Raises RefreshError."""
    ec2 = _client(session, "ec2", name)
    progress(f"{name}: instance types")
    types = _pages(ec2, name, "describe_instance_types", "InstanceTypes")
    progress(f"{name}: zones")
    zones = _pages(ec2, name, "describe_availability_zones", "AvailabilityZones")
    progress(f"{name}: offerings in each zone")
    offerings = _pages(
        ec2,
        name,
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone-id",
    )
    progress(f"{name}: VPC endpoint services")
    services = _pages(ec2, name, "describe_vpc_endpoint_services", "ServiceDetails")
    region = {
        "partition": session.get_partition_for_region(name),
        "zones": sorted(
            (
                {"id": zone["ZoneId"], "name": zone["ZoneName"], "kind": zone.get("ZoneType", "availability-zone")}
                for zone in zones
            ),
            key=lambda zone: str(zone["id"]),
        ),
        "zoneNamesAreYours": True,
        "offerings": _by_zones(offerings),
        "endpointServices": sorted({service["ServiceName"] for service in services if _of_aws(service["ServiceName"])}),
        "retrieved": today,
    }
    return {entry["InstanceType"]: row(entry) for entry in types}, region


def _of_aws(service: str) -> bool:
    """Whether an endpoint service is AWS's own, not one that the account shares or is offered."""
    return ".vpce-svc-" not in service


def row(entry: dict[str, Any]) -> list[Any]:
    """One instance type of DescribeInstanceTypes as a row of the data file.

    Memory in MiB, local storage in GB. The interfaces are those of the default network card.
    """
    network = entry["NetworkInfo"]
    cards = network.get("NetworkCards", [])
    default = network.get("DefaultNetworkCardIndex", 0)
    card = next((one for one in cards if one.get("NetworkCardIndex", 0) == default), None)
    total = network["MaximumNetworkInterfaces"]
    values = {
        "vcpu": entry["VCpuInfo"]["DefaultVCpus"],
        "memory_mib": entry["MemoryInfo"]["SizeInMiB"],
        "architectures": sorted(entry["ProcessorInfo"]["SupportedArchitectures"]),
        "hypervisor": entry.get("Hypervisor", ""),
        "bare_metal": entry["BareMetal"],
        "burstable": entry["BurstablePerformanceSupported"],
        "current_generation": entry["CurrentGeneration"],
        "interfaces": card["MaximumNetworkInterfaces"] if card else total,
        "ipv4_per_interface": network["Ipv4AddressesPerInterface"],
        "ipv6_per_interface": network.get("Ipv6AddressesPerInterface", 0),
        "network_cards": network.get("MaximumNetworkCards", 1),
        "total_interfaces": total,
        "efa_interfaces": network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0),
        "accelerators": _accelerators(entry),
        "local_storage_gb": entry.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        "usage_classes": sorted(entry["SupportedUsageClasses"]),
    }
    return [values[column] for column in INSTANCE_TYPE_COLUMNS]


_ACCELERATORS = (
    ("gpu", "GpuInfo", "Gpus"),
    ("neuron", "NeuronInfo", "NeuronDevices"),
    ("inference", "InferenceAcceleratorInfo", "Accelerators"),
    ("media", "MediaAcceleratorInfo", "Accelerators"),
    ("fpga", "FpgaInfo", "Fpgas"),
)


def _accelerators(entry: dict[str, Any]) -> list[list[Any]]:
    return [
        [
            kind,
            device.get("Manufacturer", "AWS"),
            device.get("Name", ""),
            device.get("Count", 0),
            device.get("MemoryInfo", {}).get("SizeInMiB", 0),
        ]
        for kind, info, devices in _ACCELERATORS
        for device in entry.get(info, {}).get(devices, [])
    ]


def _by_zones(offerings: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Types grouped by the set of zones that offer them: ``{"az1 az2": [types]}``."""
    where: dict[str, set[str]] = {}
    for offering in offerings:
        where.setdefault(offering["InstanceType"], set()).add(offering["Location"])
    grouped: dict[str, list[str]] = {}
    for instance_type, zone_ids in sorted(where.items()):
        grouped.setdefault(" ".join(sorted(zone_ids)), []).append(instance_type)
    return grouped


def read_versions(session: Session, region: str, today: str) -> dict[str, Any]:
    """The versions file, from eks DescribeClusterVersions. Raises RefreshError."""
    eks = _client(session, "eks", region)
    entries = _pages(eks, region, "describe_cluster_versions", "clusterVersions", includeAll=True)
    if not any(entry.get("defaultVersion") for entry in entries):
        raise RefreshError("eks:DescribeClusterVersions", region, f"{len(entries)} versions, none of them the default")
    return {
        "schema": SCHEMA,
        "source": "eks:DescribeClusterVersions",
        "retrieved": today,
        "versions": [
            {
                "version": entry["clusterVersion"],
                "released": _day(entry.get("releaseDate")),
                "endOfStandardSupport": _day(entry.get("endOfStandardSupportDate")),
                "endOfExtendedSupport": _day(entry.get("endOfExtendedSupportDate")),
                "default": bool(entry.get("defaultVersion")),
                "source": "eks:DescribeClusterVersions",
            }
            for entry in sorted(entries, key=lambda one: tuple(map(int, one["clusterVersion"].split("."))))
        ],
    }


def _day(moment: Any) -> str:
    return moment.date().isoformat() if moment else ""


def read_prices(session: Session, region: str) -> dict[str, float]:
    """On-demand Linux prices per hour in US dollars by type, from the Price List.

    Shared tenancy, no pre-installed software, used capacity. Raises RefreshError.
    """
    pricing = _client(session, "pricing", PRICING_REGION)
    wanted = {
        "regionCode": region,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    prices: dict[str, float] = {}
    products = _pages(pricing, region, "get_products", "PriceList", ServiceCode="AmazonEC2", Filters=filters)
    for text in products:
        product = json.loads(text)
        for term in product.get("terms", {}).get("OnDemand", {}).values():
            for dimension in term["priceDimensions"].values():
                amount = float(dimension["pricePerUnit"].get("USD", 0))
                if dimension["unit"] == "Hrs" and amount > 0:
                    prices[product["product"]["attributes"]["instanceType"]] = amount
    return prices


def read_endpoint_price(session: Session, region: str) -> float | None:
    """Price of an interface endpoint per hour and zone in US dollars, before any volume discount; None
    where the Price List has none. Raises RefreshError."""
    pricing = _client(session, "pricing", PRICING_REGION)
    wanted = {"regionCode": region, "productFamily": "VpcEndpoint"}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    found: list[float] = []
    for text in _pages(pricing, region, "get_products", "PriceList", ServiceCode="AmazonVPC", Filters=filters):
        product = json.loads(text)
        # Gateway Load Balancer endpoints end on VpcEndpoint-GWLBE-Hours
        if not product["product"]["attributes"].get("usagetype", "").endswith("VpcEndpoint-Hours"):
            continue
        for term in product.get("terms", {}).get("OnDemand", {}).values():
            for dimension in term["priceDimensions"].values():
                amount = float(dimension["pricePerUnit"].get("USD", 0))
                if amount > 0 and dimension.get("beginRange", "0") == "0":
                    found.append(amount)
    return max(found, default=None)


def _client(session: Session, service: Any, region: str) -> Any:
    """A client. Raises RefreshError for an endpoint or a region that cannot be."""
    from botocore.exceptions import BotoCoreError

    try:
        return session.client(service, region_name=region)
    except (BotoCoreError, ValueError) as error:
        raise RefreshError(f"{service} client", region, str(error)) from error


def _pages(client: Any, region: str, call: str, key: str, **arguments: Any) -> list[Any]:
    """All items of a call, page by page. Raises RefreshError naming the call."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        if client.can_paginate(call):
            return [item for page in client.get_paginator(call).paginate(**arguments) for item in page.get(key, [])]
        found: list[Any] = []
        token: dict[str, str] = {}
        while True:
            answer = getattr(client, call)(**arguments, **token)
            found += answer.get(key, [])
            if not answer.get("NextToken"):
                return found
            token = {"NextToken": answer["NextToken"]}
    except (BotoCoreError, ClientError) as error:
        service = client.meta.service_model.service_name
        raise RefreshError(f"{service}:{client.meta.method_to_api_mapping[call]}", region, str(error)) from error


def _existing(base: Path) -> dict[str, tuple[Any, str, str]]:
    """What an earlier refresh read; nothing where the embedded catalog is in use."""
    if base == store.EMBEDDED:
        return {}
    folder = Folder(base)
    return {name: (folder.read(name), entry["source"], entry["retrieved"]) for name, entry in folder.entries.items()}


def _install(home: Path, files: dict[str, tuple[Any, str, str]]) -> tuple[Path, str]:
    """Write the new folder beside the old, switch the pointer in one step, drop the old ones."""
    home.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    try:
        digest = write(fresh, files)
        folder = home / digest.removeprefix("sha256:")[:16]
        if folder.exists():
            shutil.rmtree(fresh)
        else:
            fresh.rename(folder)
        pointer = home / f"{store.CURRENT}.new"
        pointer.write_text(folder.name, "ascii")
        pointer.replace(home / store.CURRENT)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    for other in home.iterdir():
        # a folder called new-… may be a refresh that runs beside this one
        if other.is_dir() and other != folder and not other.name.startswith("new-"):
            shutil.rmtree(other, ignore_errors=True)
    return folder, digest
