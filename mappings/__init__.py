"""The mapping language: what a study may say and how it is run; knows no domain."""
