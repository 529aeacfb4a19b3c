"""What may be published: suites as plain data, one per published mart, and what runs them.

Belongs here: the suites' format, the suites, running them over a DuckDB file. Does not belong
here: Dagster, where builds lie, what a failed check means for a build (`orchestration/lib`).
"""
