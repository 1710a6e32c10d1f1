"""Hold the store that tests use to the contract, so that a room tested with it is tested with something true."""

from tests.contract.recording_store import RecordingStoreContract
from tests.fakes.recording_store import MemoryRecordings


class TestMemoryRecordings(RecordingStoreContract):
    def store(self) -> MemoryRecordings:
        return MemoryRecordings()
