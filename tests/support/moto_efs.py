"""What moto 5.2 lacks of EFS, for tests only; ``moto_eks.install()`` calls it.

* UpdateFileSystem and PutBackupPolicy
* lifecycle configurations that EFS refuses: two transitions in one policy, Archive without Infrequent
  Access before it, or without elastic throughput
* Max I/O with elastic throughput is refused
* interfaces of mount targets are of type efs and say what they are for
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import TYPE_RESPONSE
from moto.efs.exceptions import BadRequest
from moto.efs.models import EFSBackend
from moto.efs.responses import EFSResponse


def install() -> None:
    """Extend moto's EFS."""
    _guard()
    _name_interfaces()
    EFSResponse.update_file_system = _update_file_system
    EFSResponse.put_backup_policy = _put_backup_policy


def _answer(body: Any, status: int = 200) -> TYPE_RESPONSE:
    return status, {"status": status, "Content-Type": "application/json"}, json.dumps(body)


def _update_file_system(self: Any) -> TYPE_RESPONSE:
    _, (found,) = self.efs_backend.describe_file_systems(file_system_id=self._get_param("FileSystemId"))
    mode = self._get_param("ThroughputMode")
    if mode is not None:
        _check_mode(found.performance_mode, mode)
        found.throughput_mode = mode
    found.provisioned_throughput_in_mibps = self._get_param("ProvisionedThroughputInMibps")
    return _answer(found.info_json(), 202)


def _put_backup_policy(self: Any) -> TYPE_RESPONSE:
    _, (found,) = self.efs_backend.describe_file_systems(file_system_id=self._get_param("FileSystemId"))
    policy = self._get_param("BackupPolicy")
    found._backup = policy["Status"] == "ENABLED"
    return _answer({"BackupPolicy": policy})


def _check_mode(performance: str | None, throughput: str | None) -> None:
    if performance == "maxIO" and throughput == "elastic":
        raise BadRequest("Elastic throughput is not supported in maxIO performance mode")


def _guard() -> None:
    create, put = EFSBackend.create_file_system, EFSBackend.put_lifecycle_configuration

    def create_file_system(self: Any, *arguments: Any, **options: Any) -> Any:
        _check_mode(options.get("performance_mode"), options.get("throughput_mode"))
        return create(self, *arguments, **options)

    def put_lifecycle_configuration(self: Any, file_system_id: str, policies: list[dict[str, str]]) -> None:
        _, (found,) = self.describe_file_systems(file_system_id=file_system_id)
        if any(len(one) != 1 for one in policies):
            raise BadRequest("Each LifecyclePolicy object takes one transition")
        rows = {key: value for one in policies for key, value in one.items()}
        if "TransitionToArchive" in rows and ("TransitionToIA" not in rows or found.throughput_mode != "elastic"):
            raise BadRequest("Archive needs a transition to IA and elastic throughput")
        put(self, file_system_id, policies)

    EFSBackend.create_file_system = create_file_system
    EFSBackend.put_lifecycle_configuration = put_lifecycle_configuration


def _name_interfaces() -> None:
    create = EFSBackend.create_mount_target

    def create_mount_target(self: Any, *arguments: Any, **options: Any) -> Any:
        made = create(self, *arguments, **options)
        interface = self.ec2_backend.get_network_interface(made.network_interface_id)
        interface.interface_type = "efs"
        interface.description = f"Mount target {made.mount_target_id} for file system {made.file_system_id}"
        return made

    EFSBackend.create_mount_target = create_mount_target
