"""How Alembic reaches the database: through the connection the store hands it, in the store's transaction."""

from alembic import context

from bigin_sync.store.migrate import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
