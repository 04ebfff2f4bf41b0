"""The cache of UVEs, its types, and their derived statistics."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from satark.sandesh.generator.messages import requests as m
from satark.sandesh.generator.requests import Asked, Handler
from satark.sandesh.generator.statistics import Plan, plan_of
from satark.sandesh.types import Message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator


def handlers(generator: "Generator") -> Mapping[type[Message], Handler]:
    """The requests and who answers them."""
    answers = _Uves(generator)
    return {
        m.SandeshUVETypesReq: answers.types,
        m.SandeshUVECacheReq: answers.cache,
        m.SandeshUVEDSConfReq: answers.configure,
    }


class _Uves:
    def __init__(self, generator: "Generator") -> None:
        self._generator = generator

    def types(self, _request: m.SandeshUVETypesReq, _asked: Asked) -> Message:
        """All types that the program has declared or sent."""
        generator = self._generator
        with generator.lock:
            return m.SandeshUVETypesResp(
                type_info=[
                    _info(each.data_type, each.sequence_number, plan, generator.outbox.derivation.arguments(plan))
                    for each in generator.uve_types()
                    for plan in [plan_of(each.data_class)]
                ]
            )

    def cache(self, request: m.SandeshUVECacheReq, asked: Asked) -> Iterable[Message]:
        """The UVEs of a type with all their derived statistics; to a collector as in a synchronisation."""
        generator, tname = self._generator, request.tname or ""
        entries = generator.uves(tname, request.key or None)
        if asked.over_http:
            with generator.lock:
                yield from [generator.outbox.derivation.shown(each.message) for each in entries]
        else:
            generator.repeat(entries, context=asked.context)
        plan = self._plan(entries[0].data_type if entries else tname)
        yield m.SandeshUVECacheResp(returned=len(entries), period=None if plan is None else plan.period_s)

    def configure(self, request: m.SandeshUVEDSConfReq, _asked: Asked) -> Message:
        """Give the algorithm of a derived field another argument."""
        plan, derivation = self._plan(request.tname or ""), self._generator.outbox.derivation
        with self._generator.lock:
            if plan is None or not derivation.configure(plan, request.dsattr or "", request.dsconf or ""):
                return m.SandeshUVEDSConfResp(success=False)
            return m.SandeshUVEDSConfResp(success=True, dsconf=derivation.arguments(plan))

    def _plan(self, tname: str) -> Plan | None:
        types = self._generator.uve_types()
        return next((plan_of(each.data_class) for each in types if tname in {each.data_type, each.message}), None)


def _info(name: str, sequence_number: int, plan: Plan, arguments: dict[str, str]) -> m.SandeshUVETypeInfo:
    return m.SandeshUVETypeInfo(
        type_name=name, seq_num=sequence_number, period=plan.period_s, dsconf=arguments, timeout=plan.timeout
    )
