"""A zygote whose labs record every exchange, however fast they come."""

from protocols import limits
from protocols.sandbox import lab, zygote

if __name__ == "__main__":
    limits.EXCHANGES_KEPT = 10**9
    zygote.main(lab.run)
