"""Settings of every test: hypothesis draws the same examples in each run, and never fails because a machine is slow."""

from hypothesis import HealthCheck, settings

settings.register_profile("chalkgrad", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chalkgrad")
