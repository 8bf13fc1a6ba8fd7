"""Reading the catalog anew: EC2 as moto records it, and every service as botocore's stubs answer."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from planner.catalog import refresh, store
from planner.catalog.model import INSTANCE_TYPE_COLUMNS, instance_type_from_row
from planner.catalog.refresh import RefreshError

TODAY = "2026-11-02"
REGION = "us-west-1"


def version(name: str, *, default: bool = False) -> dict[str, Any]:
    return {
        "clusterVersion": name,
        "defaultVersion": default,
        "releaseDate": dt.datetime(2026, 1, 27, tzinfo=dt.UTC),
        "endOfStandardSupportDate": dt.datetime(2027, 3, 27, tzinfo=dt.UTC),
        "endOfExtendedSupportDate": dt.datetime(2028, 3, 27, tzinfo=dt.UTC),
    }


def product(instance_type: str, usd: str, unit: str = "Hrs") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceType": instance_type}},
            "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": {"SKU.TERM.RATE": dimension}}}},
        }
    )


def described(name: str) -> dict[str, Any]:
    """One answer of DescribeInstanceTypes, as small as it may be."""
    return {
        "InstanceType": name,
        "VCpuInfo": {"DefaultVCpus": 2},
        "MemoryInfo": {"SizeInMiB": 8192},
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "BareMetal": False,
        "BurstablePerformanceSupported": False,
        "CurrentGeneration": True,
        "NetworkInfo": {"MaximumNetworkInterfaces": 3, "Ipv4AddressesPerInterface": 10},
        "SupportedUsageClasses": ["spot", "on-demand"],
    }


EC2_ANSWERS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("describe_instance_types", {"InstanceTypes": [described("m5.large")], "NextToken": "2"}, {}),
    ("describe_instance_types", {"InstanceTypes": [described("z9.large")]}, {"NextToken": "2"}),
    ("describe_availability_zones", {"AvailabilityZones": [{"ZoneId": "x-az1", "ZoneName": "x-a"}]}, {}),
    (
        "describe_instance_type_offerings",
        {"InstanceTypeOfferings": [{"InstanceType": "z9.large", "Location": "x-az1"}]},
        {"LocationType": "availability-zone-id"},
    ),
    (
        "describe_vpc_endpoint_services",
        {"ServiceDetails": [{"ServiceName": "com.amazonaws.us-west-1.ec2"}], "NextToken": "2"},
        {},
    ),
    (
        "describe_vpc_endpoint_services",
        {"ServiceDetails": [{"ServiceName": "com.amazonaws.vpce.us-west-1.vpce-svc-0123456789abcdef0"}]},
        {"NextToken": "2"},
    ),
)


def ec2_answer(stub: Stubber) -> None:
    for method, answer, question in EC2_ANSWERS:
        stub.add_response(method, answer, question)


def ec2_failing_at(failing: str) -> Callable[[Stubber], None]:
    """EC2 that answers until a method, and there says that it is too much."""

    def answer_until(stub: Stubber) -> None:
        for method, answer, question in EC2_ANSWERS:
            if method == failing:
                stub.add_client_error(method, "RequestLimitExceeded", "Request limit exceeded.", 503)
                return
            stub.add_response(method, answer, question)

    return answer_until


Script = Callable[[Stubber], None]


class Session:
    """A boto3 session whose services answer from a script where there is one; else moto answers."""

    def __init__(self, **answers: Script | tuple[Script, ...]) -> None:
        self.real = boto3.session.Session()
        self.answers = answers
        self.stubs: list[Stubber] = []
        self.made: Counter[str] = Counter()

    def client(self, service: str, region_name: str) -> Any:
        client = self.real.client(service, region_name=region_name)  # type: ignore[call-overload]
        if service in self.answers:
            stub = Stubber(client)
            script = self.answers[service]
            if isinstance(script, tuple):  # one for each client in turn
                self.made[service] += 1
                script = script[self.made[service] - 1]
            script(stub)
            stub.activate()
            self.stubs.append(stub)
        return client

    def get_partition_for_region(self, region: str) -> str:
        return self.real.get_partition_for_region(region)


def versions_answer(stub: Stubber) -> None:
    stub.add_response(
        "describe_cluster_versions",
        {"clusterVersions": [version("1.36"), version("1.9")], "nextToken": "more"},
        {"includeAll": True},
    )
    stub.add_response(
        "describe_cluster_versions",
        {"clusterVersions": [version("1.35", default=True)]},
        {"includeAll": True, "nextToken": "more"},
    )


def prices_answer(stub: Stubber) -> None:
    wanted = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in (
            ("regionCode", REGION),
            ("operatingSystem", "Linux"),
            ("tenancy", "Shared"),
            ("preInstalledSw", "NA"),
            ("capacitystatus", "Used"),
        )
    ]
    question = {"ServiceCode": "AmazonEC2", "Filters": wanted}
    first = [product("m5.large", "0.1120000000"), product("m5.xlarge", "0.0000000000")]
    stub.add_response("get_products", {"PriceList": first, "NextToken": "2"}, question)
    second = [product("c5.large", "0.1060000000"), product("c5.xlarge", "99", "Quantity")]
    stub.add_response("get_products", {"PriceList": second}, {**question, "NextToken": "2"})


def endpoint_product(usagetype: str, *tiers: tuple[str, str]) -> str:
    dimensions = {start: {"unit": "Hrs", "beginRange": start, "pricePerUnit": {"USD": usd}} for start, usd in tiers}
    return json.dumps(
        {
            "product": {"attributes": {"usagetype": usagetype}},
            "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": dimensions}}},
        }
    )


def endpoint_price_answer(stub: Stubber) -> None:
    values = (("regionCode", REGION), ("productFamily", "VpcEndpoint"))
    wanted = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in values]
    products = [
        endpoint_product("EU-VpcEndpoint-GWLBE-Hours", ("0", "0.0125")),
        endpoint_product("EU-VpcEndpoint-Bytes", ("0", "0.0100"), ("1000", "0.0060")),
        endpoint_product("EU-VpcEndpoint-Hours", ("0", "0.0110"), ("1000000", "0.0100")),
    ]
    question = {"ServiceCode": "AmazonVPC", "Filters": wanted}
    stub.add_response("get_products", {"PriceList": products}, question)


def denied(method: str) -> Callable[[Stubber], None]:
    return lambda stub: stub.add_client_error(method, "AccessDeniedException", "not allowed to call this", 403)


FULL: dict[str, Any] = {
    "ec2": ec2_answer,
    "eks": versions_answer,
    "pricing": (prices_answer, endpoint_price_answer),
}


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def run(cache: Path, session: Any, region: str = REGION, **options: Any) -> refresh.RefreshResult:
    return refresh.refresh(session, [region], TODAY, cache=cache, base=options.pop("base", store.EMBEDDED), **options)


def folders(cache: Path) -> set[str]:
    return {path.name for path in (cache / "catalog").iterdir()}


def test_all_of_it_is_read_and_in_use_at_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    session = Session(**FULL)
    result = run(cache, session, progress=told.append)
    for stub in session.stubs:
        stub.assert_no_pending_responses()
    assert result.kept == ()
    assert result.regions == (REGION,)
    assert [line.partition(": ")[2] or line for line in told] == [
        "instance types",
        "zones",
        "offerings in each zone",
        "VPC endpoint services",
        "on-demand prices",
        "Kubernetes versions",
    ]
    monkeypatch.delenv("EKSPLAN_CATALOG")
    monkeypatch.setenv("EKSPLAN_CACHE_DIR", str(cache))
    assert store.current_folder() == result.folder
    catalog = store.load()
    region = catalog.load_region(REGION)
    assert region.prices == {"m5.large": 0.112, "c5.large": 0.106}
    assert region.endpoint_price == 0.011
    assert region.zone_names_are_yours
    assert region.retrieved == TODAY
    assert [entry.version for entry in catalog.versions] == ["1.9", "1.35", "1.36"]
    assert catalog.default_version().version == "1.35"
    assert catalog.versions[2].end_of_standard_support == "2027-03-27"
    assert catalog.version("1.35") is not None
    assert folders(cache) == {result.folder.name, store.CURRENT}


def test_what_AWS_refuses_is_kept_and_told(cache: Path) -> None:
    first = run(cache, Session(**FULL))
    session = Session(ec2=ec2_answer, eks=denied("describe_cluster_versions"), pricing=denied("get_products"))
    second = run(cache, session, base=first.folder)
    assert [part.partition(" (")[0] for part in second.kept] == [
        f"prices of {REGION}",
        f"price of VPC endpoints in {REGION}",
        "Kubernetes versions",
    ]
    assert all("not allowed to call this" in part for part in second.kept)
    catalog = store.load(second.folder)
    assert catalog.load_region(REGION).prices == {"m5.large": 0.112, "c5.large": 0.106}
    assert catalog.load_region(REGION).endpoint_price == 0.011
    assert catalog.default_version().version == "1.35"


def test_versions_without_a_default_are_not_taken(cache: Path) -> None:
    def answer(stub: Stubber) -> None:
        stub.add_response("describe_cluster_versions", {"clusterVersions": [version("1.99")]})

    result = run(cache, Session(ec2=ec2_answer, eks=answer), with_prices=False)
    assert result.kept == ("Kubernetes versions (1 versions, none of them the default)",)
    assert store.load(result.folder).versions == store.load(store.EMBEDDED).versions


def test_a_second_region_joins_the_first(cache: Path) -> None:
    first = run(cache, Session(**FULL))
    second = run(
        cache, Session(ec2=ec2_answer, eks=versions_answer), "ca-central-1", base=first.folder, with_prices=False
    )
    catalog = store.load(second.folder)
    assert catalog.load_region(REGION).prices == {"m5.large": 0.112, "c5.large": 0.106}
    assert catalog.load_region("ca-central-1").zone_names_are_yours
    assert store.parts(second.folder)[store.TYPES]["source"].endswith("in ca-central-1, us-west-1")
    assert folders(cache) == {second.folder.name, store.CURRENT}, "the first one's folder is gone"


def test_the_same_answers_give_the_same_digest(cache: Path, tmp_path: Path) -> None:
    one, other = run(cache, Session(**FULL)), run(tmp_path / "other", Session(**FULL))
    assert (one.digest, one.folder.name) == (other.digest, other.folder.name)
    again = run(cache, Session(**FULL))
    assert again == one


@pytest.mark.parametrize(
    "call",
    [
        "describe_instance_types",
        "describe_availability_zones",
        "describe_instance_type_offerings",
        "describe_vpc_endpoint_services",
    ],
)
def test_a_failed_refresh_keeps_the_old_data(cache: Path, call: str) -> None:
    first = run(cache, Session(**FULL))
    before = {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()}
    with pytest.raises(RefreshError) as caught:
        run(cache, Session(**{**FULL, "ec2": ec2_failing_at(call)}), base=first.folder)
    assert caught.value.region == REGION
    name = "".join(map(str.capitalize, call.split("_")))
    assert str(caught.value).startswith(f"ec2:{name} in {REGION}: ")
    assert "Request limit exceeded" in str(caught.value)
    assert {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()} == before


def test_without_a_network_the_call_is_named(cache: Path) -> None:
    def offline(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://ec2.us-west-1.amazonaws.com/")

    session = Session()
    session.real.events.register("before-call.ec2.DescribeInstanceTypes", offline)
    with pytest.raises(RefreshError, match=r"^ec2:DescribeInstanceTypes in us-west-1: Could not connect"):
        run(cache, session)
    assert not cache.exists()


def test_a_full_disk_keeps_the_old_data(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(cache, Session(**FULL))
    before = folders(cache)

    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(refresh, "write", full)
    with pytest.raises(OSError, match="No space left"):
        run(cache, Session(**FULL), base=first.folder)
    assert folders(cache) == before
    assert store.load(first.folder).load_region(REGION).prices


def test_a_damaged_old_cache_is_read_anew_and_nothing_of_it_kept(cache: Path) -> None:
    first = run(cache, Session(**FULL))
    (first.folder / store.TYPES).write_text("{}")
    second = run(cache, Session(**{**FULL, "pricing": denied("get_products")}), base=first.folder)
    assert second.kept[0].startswith("nothing of the catalog before, which was damaged")
    assert "m5.large" in store.load(second.folder).instance_types
    assert store.load(second.folder).load_region(REGION).prices == {}


def test_a_refresh_that_runs_beside_this_one_is_left_alone(cache: Path) -> None:
    (cache / "catalog" / "new-other").mkdir(parents=True)
    run(cache, Session(**FULL))
    assert "new-other" in folders(cache)


def test_services_of_the_account_itself_stay_out() -> None:
    _, region = refresh.read_region(Session(**FULL), REGION, TODAY)  # type: ignore[arg-type]
    assert region["endpointServices"] == ["com.amazonaws.us-west-1.ec2"]


def test_against_moto_all_types_are_read(cache: Path) -> None:
    result = run(cache, Session(), with_prices=False)
    embedded = store.load(store.EMBEDDED)
    fresh = store.load(result.folder)
    assert dict(fresh.instance_types) == dict(embedded.instance_types)
    region, known = fresh.load_region(REGION), embedded.load_region(REGION)
    assert {zone.id for zone in region.zones} == {zone.id for zone in known.zones}
    assert region.offerings == known.offerings
    assert [part.partition(" (")[0] for part in result.kept] == ["Kubernetes versions"]


class TestRow:
    """One answer of DescribeInstanceTypes, in the shape of API_InstanceTypeInfo."""

    def entry(self, **network: Any) -> dict[str, Any]:
        numbers = {"MaximumNetworkInterfaces": 60, "Ipv4AddressesPerInterface": 50, **network}
        return {**described("x9.large"), "BareMetal": True, "NetworkInfo": numbers}

    def test_the_default_card_counts_even_when_it_is_not_the_first(self) -> None:
        cards = [
            {"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 1},
            {"NetworkCardIndex": 1, "MaximumNetworkInterfaces": 15},
        ]
        row = refresh.row(self.entry(DefaultNetworkCardIndex=1, NetworkCards=cards, MaximumNetworkCards=2))
        instance = instance_type_from_row("x9.large", row)
        assert (instance.interfaces, instance.total_interfaces, instance.network_cards) == (15, 60, 2)

    def test_without_cards_the_total_counts(self) -> None:
        instance = instance_type_from_row("x9.large", refresh.row(self.entry()))
        assert (instance.interfaces, instance.network_cards) == (60, 1)
        assert instance.hypervisor == ""
        assert instance.nitro
        assert instance.usage_classes == ("on-demand", "spot")

    def test_accelerators_of_every_kind(self) -> None:
        entry = self.entry()
        entry["GpuInfo"] = {
            "Gpus": [{"Name": "H200", "Manufacturer": "NVIDIA", "Count": 8, "MemoryInfo": {"SizeInMiB": 144384}}]
        }
        entry["NeuronInfo"] = {
            "NeuronDevices": [{"Name": "Trainium2", "Count": 16, "MemoryInfo": {"SizeInMiB": 98304}}]
        }
        found = [
            (one.kind, one.manufacturer, one.name, one.count, one.memory_mib)
            for one in instance_type_from_row("x9.large", refresh.row(entry)).accelerators
        ]
        assert found == [("gpu", "NVIDIA", "H200", 8, 144384), ("neuron", "AWS", "Trainium2", 16, 98304)]

    def test_a_row_has_the_columns_of_the_file(self) -> None:
        columns = json.loads((store.EMBEDDED / store.TYPES).read_bytes())["columns"]
        assert tuple(columns) == INSTANCE_TYPE_COLUMNS
        assert len(refresh.row(self.entry())) == len(columns)
