"""Answers: a file for each question, with a small immutable result and how it is found."""
