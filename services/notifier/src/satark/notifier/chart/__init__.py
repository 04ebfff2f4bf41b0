"""From an incident event to a picture of its metrics: what was measured, what is normal, and when it was bad.

Pure but for `engine`, which loads the library that draws.
"""

from satark.notifier.chart.picture import Picture, chart

__all__ = ["Picture", "chart"]
