"""Which processes run, with which settings. Pure: an environment and the bound ports in, plans out.

Two stages: what others need to know the address of (broker, simulators), then the services. A value that the user has
set wins over a default of the demo; what wires the processes together cannot be overridden.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BROKERS = "SATARK_KAFKA_BROKERS"
DEMO_TOKEN = "demo-token"  # noqa: S105 - opens nothing but the simulator of this run
SERVICES = ("detector", "notifier", "poller")
EMBEDDED_PARTITIONS = 4

CLI = "satark.runtime.cli"
BROKER = "satark.standalone.broker"


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """One process: `python -m module arguments` with `environment`; `ports` are files that it writes when it is bound."""

    name: str
    module: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    ports: Mapping[str, Path] = field(default_factory=dict)
    has_ops: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first stage bound: brokers as host:port, the simulated portal's and the mail catcher's ports."""

    brokers: str
    vco_port: int | None = None
    smtp_port: int | None = None
    web_port: int | None = None


def embedded(environ: Mapping[str, str]) -> bool:
    """Return whether a broker must be started: the user named none."""
    return not environ.get(BROKERS, "").strip()


def first_stage(environ: Mapping[str, str], run_dir: Path, *, demo: bool) -> tuple[ProcessPlan, ...]:
    """Return what must be up before the services can be told where it is."""
    plans = [_broker(run_dir)] if embedded(environ) else []
    if demo:
        plans += [_vco(environ, run_dir), _mail(environ, run_dir)]
    return tuple(plans)


def second_stage(environ: Mapping[str, str], run_dir: Path, facts: Facts, *, demo: bool) -> tuple[ProcessPlan, ...]:
    """Return the services."""
    wiring = {BROKERS: facts.brokers}
    if embedded(environ):
        wiring |= {"SATARK_KAFKA_PARTITIONS": str(EMBEDDED_PARTITIONS), "SATARK_KAFKA_TOPIC_ADMIN": "false"}
    defaults = _demo_defaults(facts) if demo else {}
    return tuple(_service(name, defaults | dict(environ) | wiring, run_dir) for name in SERVICES)


def _demo_defaults(facts: Facts) -> dict[str, str]:
    return {
        "SATARK_POLLER_VCO_URL": f"http://127.0.0.1:{facts.vco_port}",
        "SATARK_POLLER_ORCHESTRATOR": "vco.demo",
        "SATARK_POLLER_VCO_TOKEN": DEMO_TOKEN,
        "SATARK_POLLER_INTERVAL_S": "1",
        "SATARK_NOTIFIER_SMTP_URL": f"smtp://127.0.0.1:{facts.smtp_port}",
        "SATARK_NOTIFIER_SENDER": "Satark <satark@demo.example>",
        "SATARK_NOTIFIER_RECEIVERS": "noc@demo.example",
    }


def _service(name: str, environ: Mapping[str, str], run_dir: Path, **more: str) -> ProcessPlan:
    own = {
        "SATARK_OPS_LISTEN": "127.0.0.1:0",
        "SATARK_OPS_PORT_FILE": str(run_dir / f"{name}.ops-port"),
        "SATARK_LOG_FORMAT": "json",
    }
    ports = {"ops": run_dir / f"{name}.ops-port"}
    return ProcessPlan(name, CLI, (name,), dict(environ) | own | more, ports)


def _broker(run_dir: Path) -> ProcessPlan:
    address = run_dir / "broker.address"
    return ProcessPlan("broker", BROKER, (str(address),), {}, {"address": address}, has_ops=False)


def _vco(environ: Mapping[str, str], run_dir: Path) -> ProcessPlan:
    port = run_dir / "simulate-vco.port"
    defaults = {"SATARK_SIMULATE_VCO_TOKEN": DEMO_TOKEN, "SATARK_SIMULATE_VCO_LISTEN": "127.0.0.1:0"}
    plan = _service("simulate-vco", defaults | dict(environ), run_dir, SATARK_SIMULATE_VCO_PORT_FILE=str(port))
    return _with_ports(plan, portal=port)


def _mail(environ: Mapping[str, str], run_dir: Path) -> ProcessPlan:
    smtp, web = run_dir / "catch-mail.smtp-port", run_dir / "catch-mail.web-port"
    defaults = {
        "SATARK_CATCH_MAIL_FOLDER": str(run_dir / "mails"),
        "SATARK_CATCH_MAIL_SMTP_LISTEN": "127.0.0.1:0",
        "SATARK_CATCH_MAIL_WEB_LISTEN": "127.0.0.1:0",
    }
    plan = _service(
        "catch-mail",
        defaults | dict(environ),
        run_dir,
        SATARK_CATCH_MAIL_SMTP_PORT_FILE=str(smtp),
        SATARK_CATCH_MAIL_WEB_PORT_FILE=str(web),
    )
    return _with_ports(plan, smtp=smtp, web=web)


def _with_ports(plan: ProcessPlan, **ports: Path) -> ProcessPlan:
    return ProcessPlan(plan.name, plan.module, plan.arguments, plan.environment, {**plan.ports, **ports})
