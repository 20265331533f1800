"""The files of a world whose log keeps everything at once."""

from protocols.ftp.store import Store
from protocols.recorder import Recorder
from protocols.world import World


def make_store(world: World, recorder: Recorder) -> Store:
    async def keep(sha256: str, octets: bytes) -> None:
        """It is kept."""

    return Store(world, recorder, keep, {})
