"""What waits: samples in RAM, results and the ids of commands on flash. Knows nothing of the link or of commands."""
