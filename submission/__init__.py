"""What leaves the building: the command line, transport files, results, the manifest."""
