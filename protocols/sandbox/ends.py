"""Why a lab failed or ended, where its supervisor knows. One that is closed ends for the reason of who closed it."""

from protocols import limits

REFUSED = "refused"  # the sandbox or the world cannot be made here
DIED = "died"  # the lab's process is gone
SANDBOX_LOST = "sandbox-lost"  # the zygote is gone, and with it all its labs
BROKE_PROTOCOL = "broke-the-control-protocol"
LOG_FULL = "log-full"  # the log holds as much as a log may
PROCESSOR_TIME = "processor-time"  # it used more of the processor than a lab may
UNRESPONSIVE = "unresponsive"  # it was not ready in time, or takes nothing any more
STOPPED = "stopped"  # the supervisor stops
OWNED_ELSEWHERE = "owned-elsewhere"  # never in a log: it belongs to another supervisor now

# What is said of one that was never ready.
NEVER_READY = {
    DIED: "The lab's process ended before it was ready; open it again.",
    SANDBOX_LOST: "The process that makes labs ended; open the lab again.",
    BROKE_PROTOCOL: "The lab said what no lab says before it was ready, and was ended.",
    UNRESPONSIVE: f"The lab was not ready within {limits.READY_SECONDS} seconds; open it again.",
    STOPPED: "This machine stops running labs; open it again in a moment.",
    OWNED_ELSEWHERE: "Another machine runs this lab now.",
}
