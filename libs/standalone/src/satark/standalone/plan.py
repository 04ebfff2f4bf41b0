"""Which processes run, with which settings. Pure: an environment and the bound ports in, plans out.

Two stages: what others need to know the address of (broker, simulators), then the services; the simulated daemons
follow the gateway, for they connect to it, and analytics follows all, for nobody waits for it. What wires the processes together cannot be overridden; any other value
that the user has set wins over a default of the demo. Who names an orchestrator or a mail server of their own (by its
SATARK_ name) gets that one instead of the simulated one, with nothing of the demo's settings for it; who does not keeps
their credentials to themselves: the demo drops them. Who says where daemons connect has daemons of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

BROKERS = "SATARK_KAFKA_BROKERS"
VCO_URL = "SATARK_POLLER_VCO_URL"
ORCHESTRATORS_FILE = "SATARK_POLLER_ORCHESTRATORS_FILE"
SMTP_URL = "SATARK_NOTIFIER_SMTP_URL"
GATEWAY_LISTEN = "SATARK_GATEWAY_LISTEN"
DEMO_GENERATORS = 6
"""A few of each kind: the embedded broker has little room."""

DEMO_START_OFFSET_S = "7200"
"""The link goes bad and recovers within 90 minutes there; soon after, the present is reached, and all links are fresh."""

DEMO_TOKEN = "demo-token"  # noqa: S105 - opens nothing but the simulator of this run
ANALYTICS_STORE = "SATARK_ANALYTICS_STORE"
ANALYTICS_LISTEN = "SATARK_ANALYTICS_LISTEN"
ANALYTICS_CHECK_OPS = "SATARK_ANALYTICS_CHECK_OPS"
USUAL_API = "127.0.0.1:8081"
"""Where `satark logs` and its like look for the REST API."""

LINKS = ("SATARK_LINKS_URL", "SATARK_LINKS_KEYS")
"""What lets a mail's reader acknowledge and silence by one click."""

SERVICES = ("detector", "notifier", "poller", "gateway")
ANALYTICS = "analytics"
EMBEDDED_PARTITIONS = 4
ANY_PORT = "127.0.0.1:0"

CLI = "satark.runtime.cli"
BROKER = "satark.standalone.broker"

OF_ANOTHER_VCO = ("VCO_", "SATARK_POLLER_VCO_", "SATARK_POLLER_CA_FILE", "SATARK_POLLER_HEARTBEAT_")
OF_ANOTHER_MAIL_SERVER = ("EMAIL_", "SATARK_NOTIFIER_SMTP_")
"""Beginnings of names that belong to a real orchestrator or mail server, and must not meet the demo's."""


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """One process: `python -m module arguments` with exactly `environment`.

    `ports` are files that it writes when it is bound; `listens` are the variables that say where, for those ports that
    must stay the same when it is restarted. `restart` is false for what takes its data along when it ends.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    ports: Mapping[str, Path] = field(default_factory=dict)
    listens: Mapping[str, str] = field(default_factory=dict)
    has_ops: bool = True
    restart: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first stage bound: brokers as host:port, the simulated portal's and the mail catcher's ports.

    `api` is where analytics will answer, `links_key` a key for the links of mails that are caught; empty: none. `ops`
    are the ops ports of the second stage, host:port.
    """

    brokers: str
    vco_port: int | None = None
    smtp_port: int | None = None
    web_port: int | None = None
    api: str = ""
    links_key: str = ""
    ops: tuple[str, ...] = ()


def embedded(environ: Mapping[str, str]) -> bool:
    """Return whether a broker must be started: the user named none."""
    return not environ.get(BROKERS, "").strip()


def simulated(environ: Mapping[str, str], *, demo: bool) -> bool:
    """Return whether the orchestrator is a simulated one: a demo, and the user named none."""
    return demo and not any(environ.get(name, "").strip() for name in (VCO_URL, ORCHESTRATORS_FILE))


def caught(environ: Mapping[str, str], *, demo: bool) -> bool:
    """Return whether mails are caught: a demo, and the user named no mail server."""
    return demo and not environ.get(SMTP_URL, "").strip()


def peopled(environ: Mapping[str, str], *, demo: bool) -> bool:
    """Return whether the daemons are simulated ones: a demo, and the user said of none where they connect."""
    return demo and not environ.get(GATEWAY_LISTEN, "").strip()


def first_stage(environ: Mapping[str, str], run_dir: Path, *, demo: bool) -> tuple[ProcessPlan, ...]:
    """Return what must be up before the services can be told where it is."""
    plans = [_broker(environ, run_dir)] if embedded(environ) else []
    if simulated(environ, demo=demo):
        plans.append(_vco(environ, run_dir))
    if caught(environ, demo=demo):
        plans.append(_mail(environ, run_dir))
    return tuple(plans)


def second_stage(environ: Mapping[str, str], run_dir: Path, facts: Facts, *, demo: bool) -> tuple[ProcessPlan, ...]:
    """Return the services that must be up, the gateway last."""
    settings = _settings(environ, facts, demo=demo)
    *services, gateway = (_service(name, settings, run_dir) for name in SERVICES)
    return (*services, _gateway(gateway, run_dir, simulated_daemons=peopled(environ, demo=demo)))


def analytics(
    environ: Mapping[str, str], run_dir: Path, facts: Facts, *, demo: bool, listen: str = USUAL_API
) -> ProcessPlan:
    """Return the service that keeps history: in the folder of this run, answering at `listen`, unless the user says where."""
    defaults = {
        ANALYTICS_STORE: f"chdb://{run_dir / ANALYTICS}",
        ANALYTICS_LISTEN: listen,
        ANALYTICS_CHECK_OPS: ",".join(facts.ops),
    }
    missing = {name: value for name, value in defaults.items() if not environ.get(name, "").strip()}
    port = run_dir / "analytics.port"
    wiring = {"SATARK_ANALYTICS_PORT_FILE": str(port)}
    plan = _service(ANALYTICS, _settings(environ, facts, demo=demo) | missing | wiring, run_dir)
    return _with_ports(plan, api=(port, ANALYTICS_LISTEN))


def _settings(environ: Mapping[str, str], facts: Facts, *, demo: bool) -> dict[str, str]:
    settings = dict(environ)
    if simulated(environ, demo=demo):
        settings = _vco_defaults() | _without(settings, OF_ANOTHER_VCO) | _vco_wiring(environ, facts)
    if caught(environ, demo=demo):
        settings = _mail_defaults() | _without(settings, OF_ANOTHER_MAIL_SERVER) | _mail_wiring(facts)
        settings |= _links(environ, facts)
    settings[BROKERS] = facts.brokers
    if embedded(environ):
        settings |= {"SATARK_KAFKA_PARTITIONS": str(EMBEDDED_PARTITIONS), "SATARK_KAFKA_TOPIC_ADMIN": "false"}
    return settings


def generators(environ: Mapping[str, str], run_dir: Path, collector: str) -> ProcessPlan:
    """Return the simulated daemons, which connect to `collector`, host:port."""
    plan = _service("simulate-generators", environ, run_dir)
    asked = ("simulate", "generators", "--collector", collector, "--count", str(DEMO_GENERATORS))
    return replace(plan, arguments=asked, ports={}, listens={}, has_ops=False)


def pinned(plan: ProcessPlan, bound: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the next start: on the ports that were bound before, for others know them."""
    environment = dict(plan.environment)
    for name, variable in plan.listens.items():
        if name in bound:
            host = environment.get(variable, ANY_PORT).rpartition(":")[0]
            environment[variable] = f"{host}:{bound[name]}"
    return environment


def _without(environ: Mapping[str, str], beginnings: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name, text in environ.items() if not name.startswith(beginnings)}


def _vco_defaults() -> dict[str, str]:
    """An hour passes in a minute there, so the poller must be quick, and a short stall is no reason not to page.

    Half a day is read at the start: the detector is to know what is usual before the link goes bad.
    """
    return {
        "SATARK_POLLER_ORCHESTRATOR": "vco.demo",
        "SATARK_POLLER_INTERVAL_S": "1",
        "SATARK_POLLER_REQUESTS_PER_S": "100",
        "SATARK_POLLER_BACKFILL_S": "43200",
        "SATARK_POLLER_BACKFILLED_AFTER_S": "3600",
    }


def _vco_wiring(environ: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """Return where the simulated orchestrator is, and the token it takes: the user's own for it, or the demo's."""
    wiring = {VCO_URL: f"http://127.0.0.1:{facts.vco_port}"}
    for suffix in ("", "_FILE"):
        if own := environ.get(f"SATARK_SIMULATE_VCO_TOKEN{suffix}", "").strip():
            return wiring | {f"SATARK_POLLER_VCO_TOKEN{suffix}": own}
    return wiring | {"SATARK_POLLER_VCO_TOKEN": DEMO_TOKEN}


def _mail_defaults() -> dict[str, str]:
    return {
        "SATARK_NOTIFIER_SENDER": "Satark <satark@demo.example>",
        "SATARK_NOTIFIER_RECEIVERS": "noc@demo.example",
    }


def _mail_wiring(facts: Facts) -> dict[str, str]:
    return {SMTP_URL: f"smtp://127.0.0.1:{facts.smtp_port}"}


def _links(environ: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """Return what makes the links of the demo's mails, unless the user has links of their own."""
    if not (facts.api and facts.links_key) or any(name.startswith("SATARK_LINKS_") for name in environ):
        return {}
    return dict(zip(LINKS, (f"http://{facts.api}", facts.links_key), strict=True))


def _service(name: str, environ: Mapping[str, str], run_dir: Path, **more: str) -> ProcessPlan:
    port_file = run_dir / f"{name}.ops-port"
    own = {
        "SATARK_OPS_LISTEN": ANY_PORT,
        "SATARK_OPS_PORT_FILE": str(port_file),
        "SATARK_LOG_FORMAT": "json",
    }
    listens = {"ops": "SATARK_OPS_LISTEN"}
    return ProcessPlan(name, CLI, (name,), dict(environ) | own | more, {"ops": port_file}, listens)


def _gateway(plan: ProcessPlan, run_dir: Path, *, simulated_daemons: bool) -> ProcessPlan:
    """Return the gateway's plan; a port that only the simulated daemons know is a free one, and stays the same."""
    port = run_dir / "gateway.port"
    wiring = {"SATARK_GATEWAY_PORT_FILE": str(port)}
    if not simulated_daemons:
        return replace(plan, environment={**plan.environment, **wiring}, ports={**plan.ports, "sandesh": port})
    wiring[GATEWAY_LISTEN] = ANY_PORT
    defaults = {"SATARK_GATEWAY_INTROSPECT_LISTEN": ANY_PORT}
    plan = replace(plan, environment={**defaults, **plan.environment, **wiring})
    return _with_ports(plan, sandesh=(port, GATEWAY_LISTEN))


def _broker(environ: Mapping[str, str], run_dir: Path) -> ProcessPlan:
    address = run_dir / "broker.address"
    return ProcessPlan(
        "broker", BROKER, (str(address),), dict(environ), {"address": address}, has_ops=False, restart=False
    )


def _vco(environ: Mapping[str, str], run_dir: Path) -> ProcessPlan:
    port = run_dir / "simulate-vco.port"
    defaults = {"SATARK_SIMULATE_VCO_LISTEN": ANY_PORT, "SATARK_SIMULATE_VCO_START_OFFSET_S": DEMO_START_OFFSET_S}
    if not environ.get("SATARK_SIMULATE_VCO_TOKEN_FILE", "").strip():
        defaults["SATARK_SIMULATE_VCO_TOKEN"] = DEMO_TOKEN
    plan = _service("simulate-vco", defaults | dict(environ), run_dir, SATARK_SIMULATE_VCO_PORT_FILE=str(port))
    return _with_ports(plan, portal=(port, "SATARK_SIMULATE_VCO_LISTEN"))


def _mail(environ: Mapping[str, str], run_dir: Path) -> ProcessPlan:
    smtp, web = run_dir / "catch-mail.smtp-port", run_dir / "catch-mail.web-port"
    defaults = {
        "SATARK_CATCH_MAIL_FOLDER": str(run_dir / "mails"),
        "SATARK_CATCH_MAIL_SMTP_LISTEN": ANY_PORT,
        "SATARK_CATCH_MAIL_WEB_LISTEN": ANY_PORT,
    }
    plan = _service(
        "catch-mail",
        defaults | dict(environ),
        run_dir,
        SATARK_CATCH_MAIL_SMTP_PORT_FILE=str(smtp),
        SATARK_CATCH_MAIL_WEB_PORT_FILE=str(web),
    )
    return _with_ports(plan, smtp=(smtp, "SATARK_CATCH_MAIL_SMTP_LISTEN"), web=(web, "SATARK_CATCH_MAIL_WEB_LISTEN"))


def _with_ports(plan: ProcessPlan, **ports: tuple[Path, str]) -> ProcessPlan:
    files = {name: path for name, (path, _) in ports.items()}
    listens = {name: variable for name, (_, variable) in ports.items()}
    return replace(plan, ports={**plan.ports, **files}, listens={**plan.listens, **listens})
