"""How Alembic reaches the database: through the connection the store hands it, in the store's transaction."""

from alembic import context

from bigin_sync.store import (  # noqa: F401 -- importing them fills the metadata
    tables_hot,
    tables_joined,
    tables_setup,
    tables_watch,
)
from bigin_sync.store.columns import Stored

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Stored.metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
