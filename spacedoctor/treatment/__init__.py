"""Carry out a remedy: show what would be done, ask, do it, and see whether it helped."""
