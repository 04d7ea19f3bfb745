"""Two datasets compared: what differs, where, and why."""
