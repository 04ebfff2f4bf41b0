"""Waiting that ends early when everything shall end."""

import asyncio

SHORT_S = 0.2
"""A wait that nobody minds to the end, which is cheaper than one that can be cut short."""


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until `stop`; return whether that is set."""
    if seconds <= SHORT_S:
        await asyncio.sleep(max(0.0, seconds))
    else:
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return False
    return stop.is_set()
