"""What other counters of operations print, and why."""
