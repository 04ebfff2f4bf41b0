"""The settings of `satark simulate-vco`: SATARK_SIMULATE_VCO_*."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from satark.runtime.settings import Secret
from satark.simulators.addresses import PATTERN, pair_mistakes
from satark.simulators.vco.auth import Kind
from satark.simulators.vco.faults import Faults, FaultsError
from satark.simulators.vco.grid import grid, parse_grid
from satark.simulators.vco.scenario import Script, ScriptError, decode_script
from satark.simulators.vco.timeline import check_script
from satark.simulators.vco.topology import World
from satark.simulators.vco.worlds import NORTHWIND_NOW, WORLDS

MAX_SCRIPT_BYTES = 1_000_000


class VcoSettings(Struct, frozen=True, kw_only=True):
    """A simulated orchestrator."""

    listen: Annotated[
        str, Meta(description="host:port to serve the portal on; port 0 takes a free one.", pattern=PATTERN)
    ] = "127.0.0.1:8080"
    port_file: Annotated[Path | None, Meta(description="File to write the bound port to.")] = None
    world: Annotated[
        Literal["demo", "estate", "grid", "northwind"],
        Meta(description="The world: demo, northwind (of the sample payloads), estate (awkward cases) or grid."),
    ] = "demo"
    grid: Annotated[
        str, Meta(description="Size of the world grid: enterprises x edges of each x links of each edge.")
    ] = "1x500x3"
    script_file: Annotated[
        Path | None, Meta(description="JSON file with the script of incidents instead of the world's own.")
    ] = None
    seed: Annotated[int, Meta(description="Seed of the world's noise.", ge=0)] = 1
    rate: Annotated[float, Meta(description="How many virtual seconds pass in a real one.", gt=0, le=100_000)] = 60.0
    start_offset_s: Annotated[
        float, Meta(description="How long before the present the virtual clock starts.", ge=0, le=31_536_000)
    ] = 21_600.0
    start_at: Annotated[
        datetime | None,
        Meta(description="RFC 3339 time at which the virtual clock starts, instead of the offset."),
    ] = None
    principal: Annotated[
        Kind, Meta(description="Whose the credential is: customer (of the first enterprise), msp or operator.")
    ] = "operator"
    token: Annotated[Secret | None, Meta(description="API token that is accepted.")] = None
    username: Annotated[str | None, Meta(description="User that may log in.")] = None
    password: Annotated[Secret | None, Meta(description="Password of that user.")] = None
    tls_cert_file: Annotated[
        Path | None, Meta(description="PEM file of the certificate; with it the portal is HTTPS.")
    ] = None
    tls_key_file: Annotated[Path | None, Meta(description="PEM file of the certificate's key.")] = None
    faults: Annotated[
        str, Meta(description="JSON object of knobs that misbehave from the start, as POST /__sim/faults takes it.")
    ] = "{}"

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself or cannot be read."""
        if self.token is None and self.username is None:
            yield "give TOKEN, or USERNAME and PASSWORD: the portal lets nobody in without"
        if (self.username is None) is not (self.password is None):
            yield "USERNAME and PASSWORD go together"
        if self.start_at is not None and self.start_at.tzinfo is None:
            yield f"START_AT: {self.start_at.isoformat()} has no offset from UTC"
        yield from pair_mistakes(self.tls_cert_file, self.tls_key_file)
        try:
            parse_grid(self.grid)
        except ValueError as error:
            yield f"GRID: {error}"
            return
        try:
            self.knobs()
        except FaultsError as error:
            yield f"FAULTS: {error}"
        try:
            self.script()
        except ScriptError as error:
            yield from (f"SCRIPT_FILE: {mistake}" for mistake in error.mistakes)
        except OSError as error:
            yield f"SCRIPT_FILE: cannot read {self.script_file}: {error.strerror}"

    def world_at(self, start: datetime) -> World:
        """Return the world, for a virtual clock that starts at a time.

        Raises ValueError for a wrong GRID.
        """
        return grid(*parse_grid(self.grid)) if self.world == "grid" else WORLDS[self.world][0](start)

    def knobs(self) -> Faults:
        """Return the knobs of FAULTS.

        Raises FaultsError.
        """
        try:
            return Faults().changed(msgspec.json.decode(self.faults))
        except msgspec.DecodeError as error:
            raise FaultsError(str(error)) from error

    def script(self) -> Script:
        """Return the script: the file's, or the world's own.

        Raises ScriptError when it is wrong, OSError when the file cannot be read.
        """
        if self.script_file is None:
            return WORLDS[self.world][1]
        with self.script_file.open("rb") as file:
            text = file.read(MAX_SCRIPT_BYTES + 1)
        if len(text) > MAX_SCRIPT_BYTES:
            raise ScriptError(str(self.script_file), (f"larger than {MAX_SCRIPT_BYTES} bytes",))
        script = decode_script(text, str(self.script_file))
        check_script(script, self.world_at(NORTHWIND_NOW), str(self.script_file))
        return script
