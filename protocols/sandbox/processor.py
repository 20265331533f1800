"""What a lab's process uses of the processor, read by its supervisor. RLIMIT_CPU would count from the process's start
to its end, which for a lab of a long afternoon says nothing."""

from __future__ import annotations

import time
from collections import deque

from protocols import limits


class ProcessorMeter:
    """What `process` uses, all its threads together; it has none that would count elsewhere, since it cannot fork."""

    def __init__(self, process: int) -> None:
        self._clock = (~process << 3) | 2  # the process's own clock: clock_getcpuclockid(3)
        self._readings: deque[tuple[float, float]] = deque()

    def is_over(self, now: float) -> bool:
        """Whether the process used more than limits.PROCESSOR_SECONDS within the last limits.PROCESSOR_WINDOW, as far
        as this was asked: `now` is in seconds, of any clock that does not stop. Raises ProcessLookupError where the
        process is gone."""
        try:
            used = time.clock_gettime(self._clock)
        except OSError as error:
            raise ProcessLookupError(error.errno, "The process is gone") from error
        self._readings.append((now, used))
        # The oldest that is kept stands at the window's beginning, or just before it.
        while len(self._readings) > 1 and self._readings[1][0] <= now - limits.PROCESSOR_WINDOW:
            self._readings.popleft()
        return used - self._readings[0][1] > limits.PROCESSOR_SECONDS
