"""Goals of an exercise: what a transcript has to show, and whether it does. Pure."""
