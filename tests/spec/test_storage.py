"""What EFS refuses is said with both numbers and the fix."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.plans import codes, diagnostics_of, load, spec_text

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DRIVER = ["aws-efs-csi-driver"]


def point(**parts: Any) -> dict[str, Any]:
    return {"name": "a", "uid": 1, "gid": 1, **parts}


WRONG: dict[str, tuple[list[Any], str, str, str]] = {
    "two of one name": (["a", "b", "a"], "efs-name", "a, 2 times", "names that differ"),
    "a key for nothing": (
        [{"name": "a", "encrypted": False, "kmsKeyArn": KEY.replace("eu-west-1", "us-east-1")}],
        "efs-key",
        "encrypted: false",
        "kmsKeyArn only with encrypted: true",
    ),
    "a key elsewhere": (
        [{"name": "a", "kmsKeyArn": KEY}],
        "efs-key-region",
        "eu-west-1",
        "a symmetric key in us-east-1",
    ),
    "Max I/O with elastic throughput": (
        [{"name": "a", "performanceMode": "maxIO"}],
        "efs-performance",
        "maxIO with throughput: elastic",
        "maxIO with bursting or provisioned throughput",
    ),
    "provisioned without an amount": (
        [{"name": "a", "throughput": "provisioned"}],
        "efs-throughput",
        "none",
        "1 to 3,414 MiB/s",
    ),
    "an amount without provisioned": (
        [{"name": "a", "provisionedMibps": 20}],
        "efs-throughput",
        "20 MiB/s with throughput: elastic",
        "only with throughput: provisioned",
    ),
    "too much": (
        [{"name": "a", "throughput": "provisioned", "provisionedMibps": 3415}],
        "efs-throughput",
        "3,415 MiB/s",
        "1 to 3,414 MiB/s (the upper limit depends on the region; AWS raises it on request)",
    ),
    "days that EFS does not know": (
        [{"name": "a", "lifecycle": {"infrequentAccessDays": 31}}],
        "efs-lifecycle",
        "31",
        "1, 7, 14, 30, 60, 90, 180, 270, 365",
    ),
    "Archive before Infrequent Access": (
        [{"name": "a", "lifecycle": {"infrequentAccessDays": 90, "archiveDays": 90}}],
        "efs-archive",
        "archiveDays: 90, infrequentAccessDays: 90",
        "archiveDays above infrequentAccessDays",
    ),
    "Archive without Infrequent Access": (
        [{"name": "a", "lifecycle": {"infrequentAccessDays": "never", "archiveDays": 90}}],
        "efs-archive",
        "archiveDays: 90, infrequentAccessDays: never",
        "archiveDays above infrequentAccessDays",
    ),
    "Archive with bursting throughput": (
        [{"name": "a", "throughput": "bursting", "lifecycle": {"archiveDays": 90}}],
        "efs-archive",
        "bursting, generalPurpose",
        "elastic, generalPurpose",
    ),
    "two access points of one name": (
        [{"name": "a", "accessPoints": [point(), point()]}],
        "efs-access-point-name",
        "a, 2 times",
        "names that differ",
    ),
    "two access points that would be called the same": (
        [{"name": "a", "accessPoints": [point(name="b-c")]}, {"name": "a-b", "accessPoints": [point(name="c")]}],
        "efs-access-point-name",
        "a-b-c",
        "names that differ from those of a",
    ),
    "five levels": (
        [{"name": "a", "accessPoints": [point(path="/a/b/c/d/e")]}],
        "efs-path",
        "/a/b/c/d/e (10 characters, 5 levels)",
        "/ and at most 4 levels in 100 characters, without leading dots and $#<>;`|&?{}^*",
    ),
    "a path too long": (
        [{"name": "a", "accessPoints": [point(path="/" + "x" * 100)]}],
        "efs-path",
        f"/{'x' * 100} (101 characters, 1 levels)",
        "/ and at most 4 levels in 100 characters, without leading dots and $#<>;`|&?{}^*",
    ),
    "a mode for the root": (
        [{"name": "a", "accessPoints": [point(path="/", permissions="0700")]}],
        "efs-permissions",
        "0700",
        "only with another path than /",
    ),
    "too many groups": (
        [{"name": "a", "accessPoints": [point(secondaryGids=list(range(17)))]}],
        "efs-groups",
        "17",
        "16",
    ),
    "no POSIX id": (
        [{"name": "a", "accessPoints": [point(uid=2**32)]}],
        "efs-posix-id",
        "4,294,967,296",
        "0 to 4,294,967,295",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_efs_refuses(name: str) -> None:
    efs, code, value, limit = WRONG[name]
    (found,) = diagnostics_of(efs=efs, addons=DRIVER)
    assert (found.code, found.value, found.limit, found.note) == (code, value, limit, "N43")
    assert found.fix
    assert found.source.startswith("https://docs.aws.amazon.com/efs/")


@pytest.mark.parametrize("path", ["relative", "/.hidden", "/a//b", "/a/", "/what?", ""])
def test_directories_that_efs_does_not_take(path: str) -> None:
    assert codes(efs=[{"name": "a", "accessPoints": [point(path=path)]}], addons=DRIVER) == {"efs-path"}


def test_modes_stay_as_they_are_written() -> None:
    text = spec_text(efs=[{"name": "a", "accessPoints": [point(permissions="MODE")]}], addons=DRIVER)
    loaded = load(text.replace("MODE", "0750"))
    assert loaded.document is not None
    assert loaded.document.spec.efs[0].access_points[0].permissions == "0750"
    (wrong,) = load(text.replace("MODE", "0789")).diagnostics
    assert "octal" in wrong.limit + wrong.summary + wrong.fix


def test_unencrypted_files_and_a_missing_driver_are_told() -> None:
    notices = diagnostics_of(efs=[{"name": "a", "encrypted": False}, "b"])
    assert {(one.code, one.value) for one in notices} == {
        ("efs-encryption", "false"),
        ("efs-driver", "2 in efs, no aws-efs-csi-driver"),
    }
