"""Grain: mail domain on the list of disposable ones that the package disposable-email-domains ships."""

import pyarrow as pa
from disposable_email_domains import blocklist


def model(dbt, session):
    dbt.config(materialized="table", packages=["disposable-email-domains"])
    return pa.table({"domain": pa.array(sorted(blocklist), pa.string())})
