"""Tell alembic which connection to use and what the tables should look like."""

from alembic import context

from storage.migrate import SCOPE

context.configure(connection=context.config.attributes["connection"], **SCOPE)
with context.begin_transaction():
    context.run_migrations()
