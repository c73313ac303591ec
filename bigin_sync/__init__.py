"""Keeps the records of a Bigin org and a Zoho CRM org the same, both ways."""
