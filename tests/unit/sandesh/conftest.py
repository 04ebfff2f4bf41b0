"""Property tests are about values, not about how busy the machine is: no example has a deadline."""

from hypothesis import HealthCheck, settings

settings.register_profile("values", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("values")
