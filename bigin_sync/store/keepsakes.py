"""Keepsakes: small facts about an integration as a whole, each kept under a name as plain JSON."""

from typing import Any

from sqlmodel import Session, select

from bigin_sync.store.tables_setup import IntegrationRow


def get(session: Session, iid: int, *, name: str) -> Any:  # noqa: ANN401 -- whoever keeps it knows what it is
    """What is kept under a name; None where nothing is."""
    return _row(session, iid).settings.get(name)


def put(session: Session, iid: int, *, name: str, value: object) -> None:
    """Keep something, in place of what was there."""
    row = _row(session, iid)
    row.settings = {**row.settings, name: value}
    session.add(row)
    session.flush()


def _row(session: Session, iid: int) -> IntegrationRow:
    return session.exec(select(IntegrationRow).where(IntegrationRow.id == iid)).one()
