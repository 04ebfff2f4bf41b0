"""Users and rights on a broker of the tests, given through the listener of its administrator."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import confluent_kafka.admin

from satark.runtime.acls import Acl
from tests.support.waiting import eventually

TIMEOUT_S = 20
ITERATIONS = 4096
ANY_HOST = "*"

RIGHTS_CHECKED = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    # Who comes through the broker's own listener, where a test's broker is asked and administered.
    "super.users": "User:ANONYMOUS",
}
"""The properties of a broker that looks at what each may do."""

lib: Any = confluent_kafka.admin
"""It does not say what it exports."""


async def make_users(brokers: str, passwords: Mapping[str, str]) -> None:
    """Make users for SCRAM-SHA-512."""
    info = lib.ScramCredentialInfo(lib.ScramMechanism.SCRAM_SHA_512, ITERATIONS)
    wanted = [lib.UserScramCredentialUpsertion(name, info, text.encode()) for name, text in passwords.items()]
    admin = _admin(brokers)
    await _done(*admin.alter_user_scram_credentials(wanted).values())


async def allow(brokers: str, acls: Iterable[Acl], *, prefix: str, login: Mapping[str, str] | None = None) -> None:
    """Give rights, and wait until the broker knows them; `login` is what librdkafka needs besides the addresses."""
    wanted = bindings(acls, prefix=prefix)
    admin = _admin(brokers, login)
    await _done(*admin.create_acls(list(wanted)).values())

    async def known() -> bool:
        return wanted <= await allowed(brokers, login)

    await eventually(known, TIMEOUT_S, what="rights on the broker")


async def allowed(brokers: str, login: Mapping[str, str] | None = None) -> set[Any]:
    """Return the rights that a broker knows."""
    kind, pattern = lib.ResourceType.ANY, lib.ResourcePatternType.ANY
    everything = lib.AclBindingFilter(kind, None, pattern, None, None, lib.AclOperation.ANY, lib.AclPermissionType.ANY)
    admin = _admin(brokers, login)
    [found] = await _done(admin.describe_acls(everything))
    return set(found)


def bindings(acls: Iterable[Acl], *, prefix: str) -> set[Any]:
    """Return rights as a broker tells them, one an operation."""
    return {
        lib.AclBinding(
            lib.ResourceType[acl.resource.upper()],
            acl.name,
            lib.ResourcePatternType.LITERAL,
            prefix + acl.principal,
            ANY_HOST,
            lib.AclOperation[operation.name],
            lib.AclPermissionType.ALLOW,
        )
        for acl in acls
        for operation in acl.operations
    }


async def _done(*futures: Any) -> list[Any]:
    return await asyncio.to_thread(lambda: [future.result(TIMEOUT_S) for future in futures])


def _admin(brokers: str, login: Mapping[str, str] | None = None) -> Any:
    """Return a client, to be kept until its futures are done."""
    return lib.AdminClient({"bootstrap.servers": brokers, "log_level": 0, **(login or {})})
