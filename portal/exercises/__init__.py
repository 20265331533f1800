"""Exercises: a world, a text, goals over the transcript, hints, points, and a solution that is known to meet them."""
