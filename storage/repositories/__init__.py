"""Ask and answer in the words of the house; the only place where SELECT is written, with the event log and the index."""
