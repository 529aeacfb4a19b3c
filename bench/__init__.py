"""Measurements of speed and memory, each as a ratio of two things timed in the same process run.

Belongs here: what is measured, against what, and how it is written down. Nothing of the product imports
this package; what the figures mean is in docs/performance.md.
"""
