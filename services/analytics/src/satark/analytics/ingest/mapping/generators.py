"""Sessions of generators: a row when one begins, and one when it ends."""

from satark.analytics.ingest.mapping.incidents import body_of
from satark.analytics.ingest.mapping.origin import Origin, Values, microseconds
from satark.schemas.generators import GeneratorSession


def generator_row(event: GeneratorSession, origin: Origin) -> Values:
    """Return the row of `generators`."""
    return (
        microseconds(event.time),
        event.id,
        event.generator,
        event.gateway,
        event.state.value,
        event.session,
        body_of(event),
        *origin,
    )
