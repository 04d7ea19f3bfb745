"""Published controlled terminology, the terms of a study, and the units of tests."""
