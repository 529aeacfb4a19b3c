"""How well the lead rules and the fodder score do: the real pipeline on labelled data, measured.

Belongs here: labels, metrics and the report. Nothing that moves or judges records reads this package.
"""
