"""Facts of SAS files: how numbers, formats and transport files are laid out."""
