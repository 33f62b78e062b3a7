"""Pages that a message opens by a signed address, also for readers who are signed out."""
