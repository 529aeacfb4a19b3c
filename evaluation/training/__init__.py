"""Making what the lead rules are told and do not learn by themselves: run by hand, the result committed."""
