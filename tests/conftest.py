"""What holds for all tests."""

from hypothesis import settings

# A busy machine is no mistake of what is tested: nothing here is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
