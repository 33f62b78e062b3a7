"""The patient's pages. Views fetch through what the user may see, do, and answer."""
