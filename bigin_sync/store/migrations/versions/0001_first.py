"""The first shape of the database."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _integration()
    _org()
    _metadata()
    _app_user()
    _owner_pair()
    _revision()
    _run()
    _module()
    _notice()
    _credit()
    _lease()
    _cursor()
    _inbox()
    _inbox_key()
    _awaited()
    _link()
    _conflict()
    _journal()


def _integration() -> None:
    op.create_table(
        "integration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pairing", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_integration"),
    )


def _org() -> None:
    op.create_table(
        "org",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("org_id", sa.String(), nullable=False),
        sa.Column("org_name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("dc", sa.String(), nullable=False),
        sa.Column("accounts_url", sa.String(), nullable=False),
        sa.Column("api_domain", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("user_email", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("secrets_sealed", sa.Text(), nullable=False),
        sa.Column("capabilities", sa.Text(), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_org_integration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_org"),
        sa.UniqueConstraint("integration_id", "side", name="uq_org_integration_id_side"),
    )
    op.create_index("ix_org_org_id", "org", ["org_id"])


def _metadata() -> None:
    op.create_table(
        "metadata",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_metadata_integration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_metadata"),
        sa.UniqueConstraint(
            "integration_id", "side", "module", "what", name="uq_metadata_integration_id_side_module_what"
        ),
    )


def _app_user() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_app_user_integration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_app_user"),
        sa.UniqueConstraint("integration_id", "side", "user_id", name="uq_app_user_integration_id_side_user_id"),
    )


def _owner_pair() -> None:
    op.create_table(
        "owner_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("left_user", sa.String(), nullable=False),
        sa.Column("right_user", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_owner_pair_integration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_owner_pair"),
        sa.UniqueConstraint("integration_id", "left_user", name="uq_owner_pair_integration_id_left_user"),
        sa.UniqueConstraint("integration_id", "right_user", name="uq_owner_pair_integration_id_right_user"),
    )


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_revision_integration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("integration_id", "module", "number", name="uq_revision_integration_id_module_number"),
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("dry", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("revisions", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_run_integration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_integration_id", "run", ["integration_id"])


def _module() -> None:
    op.create_table(
        "module",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("last_run_id", sa.Integer(), nullable=True),
        sa.Column("stopped_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_module_integration_id"),
        sa.ForeignKeyConstraint(["last_run_id"], ["run.id"], name="fk_module_last_run_id"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_module_revision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_module"),
        sa.UniqueConstraint("integration_id", "name", name="uq_module_integration_id_name"),
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_notice_integration_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_notice_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index("ix_notice_integration_id_seen", "notice", ["integration_id", "seen"])


def _credit() -> None:
    op.create_table(
        "credit",
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_credit_integration_id"),
        sa.PrimaryKeyConstraint("integration_id", "side", "minute", name="pk_credit"),
    )


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integration.id"], name="fk_lease_integration_id"),
        sa.PrimaryKeyConstraint("integration_id", name="pk_lease"),
    )


def _cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("swept_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("integration_id", "side", "kind", name="pk_cursor"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("vals", sa.Text(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint(
            "integration_id", "side", "kind", "record_id", name="uq_inbox_integration_id_side_kind_record_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_integration_id_kind_state_id", "inbox", ["integration_id", "kind", "state", "id"])
    op.create_index("ix_inbox_integration_id_link_id", "inbox", ["integration_id", "link_id"])


def _inbox_key() -> None:
    op.create_table(
        "inbox_key",
        sa.Column("inbox_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_inbox_key_inbox_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inbox_id", "rank", "key", name="pk_inbox_key"),
    )
    op.create_index("ix_inbox_key_integration_id_kind_rank_key", "inbox_key", ["integration_id", "kind", "rank", "key"])


def _awaited() -> None:
    op.create_table(
        "awaited",
        sa.Column("inbox_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_awaited_inbox_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inbox_id", "side", "kind", "record_id", name="pk_awaited"),
    )
    op.create_index(
        "ix_awaited_integration_id_side_kind_record_id", "awaited", ["integration_id", "side", "kind", "record_id"]
    )


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("left_id", sa.String(), nullable=False),
        sa.Column("right_id", sa.String(), nullable=False),
        sa.Column("left_seen", sa.Text(), nullable=False),
        sa.Column("right_seen", sa.Text(), nullable=False),
        sa.Column("left_modified", sa.BigInteger(), nullable=False),
        sa.Column("right_modified", sa.BigInteger(), nullable=False),
        sa.Column("left_written", sa.Text(), nullable=True),
        sa.Column("right_written", sa.Text(), nullable=True),
        sa.Column("ll", sa.Integer(), nullable=False),
        sa.Column("lr", sa.Integer(), nullable=False),
        sa.Column("rl", sa.Integer(), nullable=False),
        sa.Column("rr", sa.Integer(), nullable=False),
        sa.Column("left_gone", sa.Boolean(), nullable=False),
        sa.Column("right_gone", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_run", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.UniqueConstraint("integration_id", "kind", "left_id", name="uq_link_integration_id_kind_left_id"),
        sa.UniqueConstraint("integration_id", "kind", "right_id", name="uq_link_integration_id_kind_right_id"),
    )


def _conflict() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("left_value", sa.Text(), nullable=True),
        sa.Column("right_value", sa.Text(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("right_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("winner", sa.String(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_conflict"),
    )
    op.create_index("ix_conflict_integration_id_state", "conflict", ["integration_id", "state"])
    _partial_index("uq_conflict_open", "conflict", ["link_id", "field"], where="state != 'closed'", unique=True)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("left_id", sa.String(), nullable=True),
        sa.Column("right_id", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("call_no", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=True),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("intended_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    _partial_index("ix_journal_parted", "journal", ["integration_id", "kind", "planned_at"], where="verb = 'part'")
    op.create_index("ix_journal_integration_id_kind_left_id", "journal", ["integration_id", "kind", "left_id"])
    op.create_index("ix_journal_integration_id_kind_right_id", "journal", ["integration_id", "kind", "right_id"])
    _partial_index("ix_journal_planned", "journal", ["run_id", "kind", "target", "id"], where="state = 'planned'")
    _partial_index(
        "ix_journal_unsettled", "journal", ["integration_id"], where="state IN ('planned', 'intended', 'unknown')"
    )
    op.create_index("ix_journal_link_id", "journal", ["link_id"])
    op.create_index("ix_journal_run_id", "journal", ["run_id"])


def _partial_index(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where), unique=unique)
